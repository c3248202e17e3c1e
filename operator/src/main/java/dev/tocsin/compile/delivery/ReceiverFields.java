package dev.tocsin.compile.delivery;

import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.ConfigMapKeyRef;
import dev.tocsin.api.v1alpha1.PublicSource;
import dev.tocsin.api.v1alpha1.SecretKeyRef;
import dev.tocsin.api.v1alpha1.SecretSource;
import dev.tocsin.api.v1alpha1.ValueSource;
import dev.tocsin.compile.PromDuration;
import dev.tocsin.compile.Verdict.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of a part of the configuration: resolves references, checks each value for what Alertmanager would
 * refuse, and keeps the texts that are templates. A kind of receiver is a list of calls on it.
 *
 * <p>In every method <code>field</code> is the user's name; Alertmanager's is the same with underscores
 * (<code>titleLink</code>, <code>title_link</code>) unless <code>key</code> gives it. A value that is null is left out.
 */
final class ReceiverFields {
    private static final Pattern UPPER = Pattern.compile("[A-Z]");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN ([A-Z]+ )?PRIVATE KEY-----");

    private final Findings findings;
    private final String path;
    private final Map<String, Object> section;

    /**
     * What is gathered over all fields of a contact point.
     *
     * @param namespace of the contact point: no reference leads out of it
     * @param defines the define blocks that its templates may use
     * @param templates the texts that Alertmanager executes
     * @param secrets the values that came from Secrets
     */
    record Findings(
            String namespace,
            ReferencedValues values,
            SharedDefines defines,
            Objections objections,
            List<TemplateText> templates,
            Set<String> secrets) {

        Findings(String namespace, ReferencedValues values) {
            this(namespace, values, new SharedDefines(), new Objections(), new ArrayList<>(), new LinkedHashSet<>());
        }
    }

    /** @param path what the fields are in, for example spec.receivers[0].slack */
    ReceiverFields(Findings findings, String path) {
        this(findings, path, new LinkedHashMap<>());
    }

    private ReceiverFields(Findings findings, String path, Map<String, Object> section) {
        this.findings = findings;
        this.path = path;
        this.section = section;
    }

    Map<String, Object> section() {
        return section;
    }

    /** A part without which Alertmanager refuses the file. */
    void required(String field, @Nullable Object value, String fix) {
        if (value == null) {
            invalid(field, "is missing; " + fix);
        }
    }

    void invalid(String field, String problem) {
        findings.objections().invalid(path + "." + field, problem);
    }

    // ---- texts ----

    /** A text that Alertmanager takes as it is. */
    void plain(String field, @Nullable String value) {
        plain(key(field), field, value);
    }

    /** A text that Alertmanager takes as it is. */
    void plain(String key, String field, @Nullable String value) {
        if (value != null && isWritable(field, value)) {
            section.put(key, value);
        }
    }

    /** Texts that Alertmanager takes as they are. */
    void plains(String field, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            for (int i = 0; i < values.size(); i++) {
                isWritable(item(field, i), values.get(i));
            }
            section.put(key(field), values);
        }
    }

    /** Texts by name that Alertmanager takes as they are. */
    void plains(String field, @Nullable Map<String, String> values) {
        if (values != null && !values.isEmpty()) {
            values.forEach((name, value) -> isWritable(entry(field, name), value));
            section.put(key(field), new TreeMap<>(values));
        }
    }

    /** A text that Alertmanager executes with text/template. */
    void template(String field, @Nullable String value) {
        template(key(field), field, value);
    }

    /** A text that Alertmanager executes with text/template. */
    void template(String key, String field, @Nullable String value) {
        if (value != null) {
            section.put(key, executed(field, value, false));
        }
    }

    /** A text that Alertmanager executes with html/template, which escapes the values in it. */
    void htmlTemplate(String field, @Nullable String value) {
        if (value != null) {
            section.put(key(field), executed(field, value, true));
        }
    }

    /** Texts, each of which Alertmanager executes with text/template. */
    List<String> executed(String field, @Nullable List<String> values) {
        List<String> written = new ArrayList<>();
        for (int i = 0; values != null && i < values.size(); i++) {
            written.add(executed(item(field, i), values.get(i), false));
        }
        return written;
    }

    /** Texts, each of which Alertmanager executes with text/template. */
    void templates(String field, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            section.put(key(field), executed(field, values));
        }
    }

    /** Texts that Alertmanager executes as one with commas between, and takes apart afterwards. */
    void commaSeparated(String field, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            template(field, String.join(",", values));
        }
    }

    /** Texts by name, each of which Alertmanager executes with text/template. */
    void templates(String field, @Nullable Map<String, String> values) {
        if (values != null && !values.isEmpty()) {
            Map<String, String> written = new TreeMap<>();
            values.forEach((name, value) -> {
                if (isWritable(field, name)) {
                    written.put(name, executed(entry(field, name), value, false));
                }
            });
            section.put(key(field), written);
        }
    }

    /** Texts by name; Alertmanager executes names and texts with text/template. */
    void templatesWithNames(String field, @Nullable Map<String, String> values) {
        templates(field, values);
        if (values != null) {
            values.keySet()
                    .forEach(name -> findings.templates().add(new TemplateText(path + "." + field, name, false)));
        }
    }

    private String executed(String field, String value, boolean html) {
        isWritable(field, value);
        String text = findings.defines().before(value);
        findings.templates().add(new TemplateText(path + "." + field, text, html));
        return text;
    }

    // ---- other values ----

    void flag(String field, @Nullable Boolean value) {
        if (value != null) {
            section.put(key(field), value);
        }
    }

    /** One of a closed set, which Alertmanager gives the same names. */
    void choice(String field, @Nullable Enum<?> value) {
        choice(key(field), field, value);
    }

    /** One of a closed set, which Alertmanager gives the same names. */
    void choice(String key, String field, @Nullable Enum<?> value) {
        plain(key, field, value == null ? null : value.name());
    }

    /**
     * A whole number. It is kept as JSON would give it back, so that what was kept equals what is compiled anew;
     * where Alertmanager reads an unsigned one, the schema admits no other.
     */
    void number(String field, @Nullable Number value) {
        if (value != null) {
            long number = value.longValue();
            boolean isSmall = number == (int) number;
            section.put(key(field), isSmall ? (Number) (int) number : (Number) number);
        }
    }

    /** How many; Alertmanager reads it into an unsigned integer. */
    void count(String field, @Nullable Integer value) {
        if (value != null && value < 0) {
            invalid(field, "must not be negative");
        }
        number(field, value);
    }

    /** A duration in Go's syntax, which most receivers take: it has no unit above hours. */
    void duration(String field, @Nullable String value) {
        isDuration(field, value).ifPresent(duration -> section.put(key(field), duration.toMillis() + "ms"));
    }

    /** A duration in Prometheus' syntax. */
    void promDuration(String field, @Nullable String value) {
        isDuration(field, value).ifPresent(duration -> plain(field, value));
    }

    private Optional<Duration> isDuration(String field, @Nullable String value) {
        Optional<Duration> duration = value == null ? Optional.empty() : PromDuration.parse(value);
        if (value != null && duration.isEmpty()) {
            invalid(field, "must be a duration such as 10s or 1m30s");
        }
        return duration;
    }

    /** A part with fields of its own. */
    <T> void object(String field, @Nullable T value, BiConsumer<T, ReceiverFields> write) {
        object(key(field), field, value, write);
    }

    /** A part with fields of its own. */
    <T> void object(String key, String field, @Nullable T value, BiConsumer<T, ReceiverFields> write) {
        if (value != null) {
            ReceiverFields inner = inside(field);
            write.accept(value, inner);
            section.put(key, inner.section);
        }
    }

    /** A part whose fields Alertmanager has beside those of the part around it. */
    <T> void flat(String field, @Nullable T value, BiConsumer<T, ReceiverFields> write) {
        if (value != null) {
            write.accept(value, new ReceiverFields(findings, path + "." + field, section));
        }
    }

    /** A list of parts with fields of their own. */
    <T> void objects(String field, @Nullable List<T> values, BiConsumer<T, ReceiverFields> write) {
        if (values == null || values.isEmpty()) {
            return;
        }
        List<Map<String, Object>> written = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ReceiverFields inner = inside(item(field, i));
            write.accept(values.get(i), inner);
            written.add(inner.section);
        }
        section.put(key(field), written);
    }

    // ---- references ----

    void secret(String field, @Nullable SecretSource source) {
        secret(key(field), field, source);
    }

    void secret(String key, String field, @Nullable SecretSource source) {
        resolve(field, source).ifPresent(value -> section.put(key, value));
    }

    /** A private key in PEM. */
    void privateKey(String key, String field, @Nullable SecretSource source) {
        resolve(field, source).ifPresent(value -> {
            if (!PRIVATE_KEY.matcher(value).find()) {
                invalid(field, "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
            }
            section.put(key, value);
        });
    }

    /** A secret that Alertmanager executes as a template (v0.31.1): written so that it gives itself. */
    void executedSecret(String field, @Nullable SecretSource source) {
        resolve(field, source).ifPresent(value -> section.put(key(field), value.replace("{{", "{{\"{{\"}}")));
    }

    /** A text that may come from a Secret. */
    void value(String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> section.put(key(field), value));
    }

    /** A text that may come from a Secret or ConfigMap. */
    Optional<String> value(String field, @Nullable PublicSource source) {
        Optional<String> value = resolve(field, source);
        value.ifPresent(found -> section.put(key(field), found));
        return value;
    }

    /** An http or https URL that carries no credential. */
    void url(String field, @Nullable String value) {
        if (value != null) {
            Texts.notHttpUrl(value).ifPresent(problem -> invalid(field, problem));
            plain(field, value);
        }
    }

    /** An http or https URL that may carry a credential. */
    void url(String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> {
            Texts.notHttpUrl(value).ifPresent(problem -> invalid(field, problem));
            section.put(key(field), value);
        });
    }

    /** A URL that may hold template expressions, as Alertmanager 0.31 takes it for webhooks. */
    void templatedUrl(String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> {
            if (new TemplateText("", value, false).isTemplate()) {
                section.put(key(field), executed(field, value, false));
            } else {
                Texts.notHttpUrl(value).ifPresent(problem -> invalid(field, problem));
                section.put(key(field), value);
            }
        });
    }

    /** Headers of a request by name: those from Secrets are kept apart, Alertmanager does not show them. */
    void headers(String key, String field, @Nullable Map<String, ValueSource> headers) {
        if (headers == null || headers.isEmpty()) {
            return;
        }
        Map<String, Object> written = new TreeMap<>();
        headers.forEach((name, source) -> resolve(entry(field, name), source).ifPresent(value -> {
            if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
                invalid(entry(field, name), "must be one line of text");
            }
            written.put(name, Map.of(source.value() == null ? "secrets" : "values", List.of(value)));
        }));
        section.put(key, written);
    }

    /** The file of a ConfigMap, which is not written here. */
    Optional<String> file(String field, @Nullable ConfigMapKeyRef reference) {
        return resolve(field, reference);
    }

    private Optional<String> resolve(String field, @Nullable SecretSource source) {
        return source == null ? Optional.empty() : resolve(field, source.secretKeyRef());
    }

    private Optional<String> resolve(String field, @Nullable ValueSource source) {
        if (source == null) {
            return Optional.empty();
        }
        if ((source.value() == null) == (source.secretKeyRef() == null)) {
            invalid(field, "needs exactly one of value and secretKeyRef");
            return Optional.empty();
        }
        return source.value() == null ? resolve(field, source.secretKeyRef()) : writable(field, source.value());
    }

    private Optional<String> resolve(String field, @Nullable PublicSource source) {
        if (source == null) {
            return Optional.empty();
        }
        int given = (source.value() == null ? 0 : 1)
                + (source.secretKeyRef() == null ? 0 : 1)
                + (source.configMapKeyRef() == null ? 0 : 1);
        if (given != 1) {
            invalid(field, "needs exactly one of value, secretKeyRef and configMapKeyRef");
            return Optional.empty();
        }
        if (source.configMapKeyRef() != null) {
            return resolve(field, source.configMapKeyRef());
        }
        return source.value() == null ? resolve(field, source.secretKeyRef()) : writable(field, source.value());
    }

    private Optional<String> resolve(String field, @Nullable SecretKeyRef reference) {
        if (reference == null || reference.name() == null || reference.key() == null) {
            invalid(field, "needs secretKeyRef with name and key");
            return Optional.empty();
        }
        Optional<String> value = lookup(
                field, new ValueRef(ValueRef.Kind.Secret, findings.namespace(), reference.name(), reference.key()));
        value.ifPresent(findings.secrets()::add);
        return value;
    }

    private Optional<String> resolve(String field, @Nullable ConfigMapKeyRef reference) {
        if (reference == null || reference.name() == null || reference.key() == null) {
            invalid(field, "needs configMapKeyRef with name and key");
            return Optional.empty();
        }
        return lookup(
                field, new ValueRef(ValueRef.Kind.ConfigMap, findings.namespace(), reference.name(), reference.key()));
    }

    private Optional<String> lookup(String field, ValueRef ref) {
        return switch (findings.values().lookup(ref)) {
            case ReferencedValues.Lookup.Found(String value) ->
                value.isEmpty() ? missing(field, ref, key(ref) + " is empty") : writable(field, value);
            case ReferencedValues.Lookup.NoObject() ->
                missing(
                        field,
                        ref,
                        "there is no " + object(ref) + " in namespace \"" + ref.namespace()
                                + "\"; create it: kubectl -n " + ref.namespace() + " create "
                                + (ref.kind() == ValueRef.Kind.Secret ? "secret generic " : "configmap ") + ref.name()
                                + " --from-literal=" + ref.key() + "=...");
            case ReferencedValues.Lookup.NoKey() ->
                missing(
                        field,
                        ref,
                        "the " + object(ref) + " has no key \"" + ref.key() + "\"; add it: kubectl -n "
                                + ref.namespace() + " patch "
                                + ref.kind().name().toLowerCase(Locale.ROOT) + " "
                                + ref.name() + " -p '{\"" + (ref.kind() == ValueRef.Kind.Secret ? "stringData" : "data")
                                + "\":{\"" + ref.key() + "\":\"...\"}}'");
            case ReferencedValues.Lookup.NotText() -> missing(field, ref, key(ref) + " is not UTF-8 text");
            case ReferencedValues.Lookup.Unreadable(String why) ->
                missing(field, ref, "the " + object(ref) + " cannot be read: " + why);
        };
    }

    private static String object(ValueRef ref) {
        return ref.kind() + " \"" + ref.name() + "\"";
    }

    private static String key(ValueRef ref) {
        return "key \"" + ref.key() + "\" of the " + object(ref);
    }

    private Optional<String> missing(String field, ValueRef ref, String problem) {
        findings.objections()
                .add(
                        ref.kind() == ValueRef.Kind.Secret ? Reason.SecretNotFound : Reason.ConfigMapNotFound,
                        path + "." + field,
                        problem);
        return Optional.empty();
    }

    // ---- names ----

    private ReceiverFields inside(String field) {
        return new ReceiverFields(findings, path + "." + field);
    }

    /** Alertmanager's name of a field. */
    static String key(String field) {
        return UPPER.matcher(field).replaceAll("_$0").toLowerCase(Locale.ROOT);
    }

    private static String item(String field, int index) {
        return field + "[" + index + "]";
    }

    private static String entry(String field, String name) {
        return field + "." + name;
    }

    private Optional<String> writable(String field, String value) {
        return isWritable(field, value) ? Optional.of(value) : Optional.empty();
    }

    private boolean isWritable(String field, @Nullable String value) {
        Optional<String> problem =
                value == null ? Optional.of("is missing; give a text") : Texts.controlCharacter(value);
        problem.ifPresent(sentence -> invalid(field, sentence));
        return problem.isEmpty();
    }
}
