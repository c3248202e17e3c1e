package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.Receiver;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns one ContactPoint into one receiver of Alertmanager. */
public final class ContactPointCompiler {

    /**
     * Compiles one ContactPoint.
     *
     * @param values answers for Secrets and ConfigMaps of the object's own namespace; no other is ever asked about
     */
    public Compiled<ContactPointFragment> compile(
            ObjectKey key, String uid, long generation, @Nullable ContactPointSpec spec, ReferencedValues values) {
        ReceiverFields.Findings findings = new ReceiverFields.Findings(key.namespace(), values);
        if (spec != null) {
            findings.defines().read(findings, spec.templates());
        }
        List<Receiver> receivers = spec == null || spec.receivers() == null ? List.of() : spec.receivers();
        if (spec == null || spec.receivers() == null) {
            findings.objections().invalid("spec.receivers", "is missing; give receivers, or [] to tell nobody");
        }
        Map<String, List<Map<String, Object>>> sections = new LinkedHashMap<>();
        for (int i = 0; i < receivers.size(); i++) {
            Receiver receiver = receivers.get(i);
            String path = "spec.receivers[" + i + "]";
            kindOf(receiver, path, findings.objections())
                    .ifPresent(kind -> sections.computeIfAbsent(kind.section(), section -> new ArrayList<>())
                            .add(kind.write(receiver, new ReceiverFields(findings, path))));
        }
        Optional<Verdict.Refused> refused = findings.objections().verdict();
        if (refused.isPresent()) {
            return new Compiled.Refused<>(refused.get());
        }
        Map<String, Object> receiver = new LinkedHashMap<>();
        receiver.put("name", ContactPointFragment.receiverName(key));
        receiver.putAll(sections);
        return new Compiled.Usable<>(new ContactPointFragment(
                key, uid, generation, receiver, findings.templates(), List.copyOf(findings.secrets()), Map.of()));
    }

    /** Kind and position of each receiver, for example slack/0, also where the object is refused. */
    public static List<String> integrations(@Nullable ContactPointSpec spec) {
        List<Receiver> receivers = spec == null || spec.receivers() == null ? List.of() : spec.receivers();
        List<String> result = new ArrayList<>();
        for (int i = 0; i < receivers.size(); i++) {
            Optional<ReceiverKinds.Kind<?>> kind = kindOf(receivers.get(i), "", new Objections());
            if (kind.isPresent()) {
                result.add(kind.get().name() + "/" + i);
            }
        }
        return result;
    }

    private static Optional<ReceiverKinds.Kind<?>> kindOf(
            @Nullable Receiver receiver, String path, Objections objections) {
        List<ReceiverKinds.Kind<?>> kinds = receiver == null
                ? List.of()
                : ReceiverKinds.ALL.stream()
                        .filter(kind -> kind.isKindOf(receiver))
                        .toList();
        if (kinds.size() != 1) {
            objections.invalid(
                    path, "needs exactly one kind of receiver, has " + kinds.size() + "; use one item per receiver");
            return Optional.empty();
        }
        return Optional.of(kinds.getFirst());
    }
}
