package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.Assembler;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.compile.delivery.Assembler.LivePolicy;
import dev.tocsin.compile.delivery.Assembler.PolicyOffer;
import dev.tocsin.compile.delivery.Compiled;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.DeadRoutes;
import dev.tocsin.compile.delivery.Grants;
import dev.tocsin.compile.delivery.PolicyCompiler;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.ReferencedValues;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import dev.tocsin.publish.ConfigurationStore;
import dev.tocsin.publish.LiveFragments;
import dev.tocsin.vet.ConfigurationVetter;
import dev.tocsin.vet.Culprits;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out what to publish: compiles what changed, has it vetted, keeps the last good version of what is refused, and
 * leaves out what the engine does not take. Not safe for several threads.
 */
final class DeliveryPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryPlanner.class);

    /** Of this many parts, one may be left out that there is room for: each try takes as long as a whole plan. */
    private static final int FITTING_PRECISION = 100;

    private final ConfigurationVetter vetter;
    private final ReferencedObjects references;
    private final ContactPointCompiler contactPointCompiler = new ContactPointCompiler();
    private final PolicyCompiler policyCompiler;
    private final Assembler assembler;
    private final Supplier<Map<String, Map<String, String>>> namespaces;

    private Map<ObjectKey, ContactPointEntry> contactPointEntries = new HashMap<>();
    private Map<ObjectKey, PolicyEntry> policyEntries = new HashMap<>();
    private final Map<ObjectKey, ContactPointFragment> lastGoodContactPoints = new TreeMap<>();
    private final Map<ObjectKey, PolicyFragment> lastGoodPolicies = new TreeMap<>();

    /** Versions of which the texts fail on alerts that come, with default texts instead. */
    private final Map<ObjectKey, ContactPointFragment> fallbacks = new HashMap<>();

    private final Set<ContactPointFragment> unvettedFallbacks = new HashSet<>();
    private final Map<Part, RefusedVersion> refusedByEngine = new HashMap<>();
    private String takenByEngine = "";
    private Set<ObjectKey> tested = Set.of();

    /**
     * @param clusterPolicyNamespaces where policies may have scope Cluster
     * @param namespaces the labels of each namespace as they are
     * @param lastGood what was live before the operator started
     */
    DeliveryPlanner(
            ConfigurationVetter vetter,
            ReferencedObjects references,
            Set<String> clusterPolicyNamespaces,
            Optional<ObjectKey> defaultContactPoint,
            Supplier<Map<String, Map<String, String>>> namespaces,
            LiveFragments lastGood) {
        this.vetter = vetter;
        this.references = references;
        this.policyCompiler = new PolicyCompiler(clusterPolicyNamespaces);
        this.assembler = new Assembler(defaultContactPoint);
        this.namespaces = namespaces;
        setLastGood(lastGood);
    }

    /** One ContactPoint compiled and vetted, with the answers about references that went into it. */
    private record ContactPointEntry(
            String uid,
            long generation,
            Grants grants,
            Map<ValueRef, ReferencedValues.Lookup> answers,
            Compiled<ContactPointFragment> compiled) {}

    /** One NotificationPolicy compiled and vetted. */
    private record PolicyEntry(String uid, long generation, Compiled<PolicyFragment> compiled) {}

    /** A version of an object that may be a part of the configuration. */
    private record Part(boolean isPolicy, ObjectKey key, boolean isCurrent) {}

    /** A version that was found to be a culprit: it is not tried again before it has changed. */
    private record RefusedVersion(Object fragment, Verdict.Refused verdict) {}

    /** Judges a whole configuration: what the engine says against it, empty when it takes it. */
    interface Judge {
        Optional<String> objection(String yaml) throws InterruptedException;
    }

    /**
     * Makes the plan for these objects, all there are.
     *
     * @throws java.io.UncheckedIOException if the engine's command cannot be run
     */
    DeliveryPlan plan(Map<ObjectKey, ContactPoint> contactPoints, Map<ObjectKey, NotificationPolicy> policies)
            throws InterruptedException {
        return plan(
                contactPoints,
                policies,
                yaml -> yaml.equals(takenByEngine) ? Optional.empty() : vetter.objection(yaml));
    }

    /**
     * Makes the plan after the engine has refused what its command had taken: every candidate is tried on the engine.
     *
     * @param proven what the engine has worked with before
     */
    DeliveryPlan planByTrial(
            Map<ObjectKey, ContactPoint> contactPoints,
            Map<ObjectKey, NotificationPolicy> policies,
            LiveFragments proven,
            Judge trial)
            throws InterruptedException {
        setLastGood(proven);
        return plan(contactPoints, policies, yaml -> {
            Optional<String> objection = vetter.objection(yaml);
            return objection.isPresent() ? objection : trial.objection(yaml);
        });
    }

    private DeliveryPlan plan(
            Map<ObjectKey, ContactPoint> contactPoints, Map<ObjectKey, NotificationPolicy> policies, Judge judge)
            throws InterruptedException {
        tested = new TreeSet<>();
        contactPoints.forEach((key, object) -> {
            if (TestNotifications.request(object).isPresent()) {
                tested.add(key);
            }
        });
        compileContactPoints(contactPoints);
        compilePolicies(policies);
        forgetLastGoodOfOthers();
        vetFallbacks();

        Map<Part, Verdict.Refused> leftOut = new HashMap<>();
        Draft draft = fitting(withoutCulprits(parts(), leftOut), leftOut);
        Optional<String> objection = judge.objection(draft.content().yaml());
        if (objection.isPresent()) {
            draft = draft(taken(draft.parts(), objection.get(), judge, leftOut));
        }
        takenByEngine = draft.content().yaml();
        return plan(draft, leftOut);
    }

    /**
     * What these parts make.
     *
     * @param filled the share of the room that is used
     */
    private record Draft(
            List<Part> parts,
            Assembly assembly,
            LiveFragments lastGood,
            ConfigurationStore.Content content,
            double filled) {
        boolean fits() {
            return filled <= 1;
        }
    }

    private Draft draft(List<Part> parts) {
        Assembly assembly = assemble(parts);
        LiveFragments lastGood = lastGood(assembly, new HashSet<>(parts));
        ConfigurationStore.Content content =
                new ConfigurationStore.Content(assembly.configuration().toYaml(), lastGood.toBytes());
        return new Draft(parts, assembly, lastGood, content, content.filled());
    }

    /** Makes this plan's versions the ones to fall back to. */
    void isPublished(DeliveryPlan plan) {
        setLastGood(plan.lastGood());
    }

    /**
     * Has a version go out with default texts from the next plan on, until something of the contact point changes.
     *
     * @param live what fails
     * @param since for each kind of receiver that fails, when
     * @return whether that makes a difference: only texts of its own can be replaced
     */
    boolean fallBack(ContactPointFragment live, Map<String, String> since) {
        ContactPointFragment fallback = live.withDefaultTexts(since);
        if (fallback.equals(live)) {
            return false;
        }
        LOG.warn(
                "messages to {} cannot be made of the alerts with its own texts, default texts replace them: {}",
                live.key(),
                fallback.defaultTexts().keySet());
        fallbacks.put(live.key(), fallback);
        unvettedFallbacks.add(fallback);
        return true;
    }

    private void setLastGood(LiveFragments lastGood) {
        lastGoodContactPoints.clear();
        lastGoodPolicies.clear();
        lastGood.contactPoints().forEach(fragment -> {
            lastGoodContactPoints.put(fragment.key(), fragment);
            if (!fragment.defaultTexts().isEmpty()) {
                fallbacks.putIfAbsent(fragment.key(), fragment);
            }
        });
        lastGood.policies().forEach(fragment -> lastGoodPolicies.put(fragment.key(), fragment));
    }

    // ---- compile and vet ----

    private void compileContactPoints(Map<ObjectKey, ContactPoint> objects) throws InterruptedException {
        Set<ValueRef> refs = new HashSet<>();
        objects.forEach((key, object) -> refs.addAll(references(key, object)));
        references.referTo(refs);

        Map<ObjectKey, ContactPointEntry> next = new HashMap<>();
        Map<ObjectKey, ContactPointEntry> fresh = new HashMap<>();
        objects.forEach((key, object) -> {
            ContactPointEntry entry = contactPointEntries.get(key);
            if (entry != null && isOf(object, entry.uid(), entry.generation()) && referencesAreAsIn(entry)) {
                next.put(key, entry);
            } else {
                fresh.put(key, compile(key, object, references));
            }
        });
        Map<ContactPointFragment, Verdict.Refused> refused = vetter.refusedContactPoints(
                without(lastGoodContactPoints.values(), usable(fresh.values(), ContactPointEntry::compiled)));
        fresh.forEach((key, entry) -> next.put(
                key,
                new ContactPointEntry(
                        entry.uid(),
                        entry.generation(),
                        entry.grants(),
                        entry.answers(),
                        vetted(entry.compiled(), refused))));
        contactPointEntries = next;
    }

    /** What a ContactPoint refers to: remembered, or found by compiling it against no object at all. */
    private Set<ValueRef> references(ObjectKey key, ContactPoint object) {
        ContactPointEntry entry = contactPointEntries.get(key);
        return entry != null && isOf(object, entry.uid(), entry.generation())
                ? entry.answers().keySet()
                : compile(key, object, ref -> new ReferencedValues.Lookup.NoObject())
                        .answers()
                        .keySet();
    }

    private boolean referencesAreAsIn(ContactPointEntry entry) {
        return entry.answers().entrySet().stream()
                .allMatch(answer -> references.lookup(answer.getKey()).equals(answer.getValue()));
    }

    private ContactPointEntry compile(ObjectKey key, ContactPoint object, ReferencedValues values) {
        Map<ValueRef, ReferencedValues.Lookup> answers = new HashMap<>();
        ReferencedValues remembering = ref -> answers.computeIfAbsent(ref, values::lookup);
        String uid = object.getMetadata().getUid();
        long generation = generation(object);
        Compiled<ContactPointFragment> compiled =
                guarded(key, () -> contactPointCompiler.compile(key, uid, generation, object.getSpec(), remembering));
        Grants grants = object.getSpec() == null
                ? Grants.NONE
                : Grants.of(object.getSpec().allowFrom());
        return new ContactPointEntry(uid, generation, grants, answers, compiled);
    }

    private void compilePolicies(Map<ObjectKey, NotificationPolicy> objects) {
        Map<ObjectKey, PolicyEntry> next = new HashMap<>();
        Map<ObjectKey, PolicyEntry> fresh = new HashMap<>();
        objects.forEach((key, object) -> {
            PolicyEntry entry = policyEntries.get(key);
            if (entry != null && isOf(object, entry.uid(), entry.generation())) {
                next.put(key, entry);
            } else {
                String uid = object.getMetadata().getUid();
                long generation = generation(object);
                fresh.put(
                        key,
                        new PolicyEntry(
                                uid,
                                generation,
                                guarded(key, () -> policyCompiler.compile(key, uid, generation, object.getSpec()))));
            }
        });
        Map<PolicyFragment, Verdict.Refused> refused = vetter.refusedPolicies(
                without(lastGoodPolicies.values(), usable(fresh.values(), PolicyEntry::compiled)));
        fresh.forEach((key, entry) ->
                next.put(key, new PolicyEntry(entry.uid(), entry.generation(), vetted(entry.compiled(), refused))));
        policyEntries = next;
    }

    private interface Compilation<F> {
        Compiled<F> run();
    }

    /** A defect that one object meets must not stop the others. */
    private static <F> Compiled<F> guarded(ObjectKey key, Compilation<F> compilation) {
        try {
            return compilation.run();
        } catch (RuntimeException e) {
            LOG.error("{} cannot be compiled, a defect", key, e);
            return new Compiled.Refused<>(new Verdict.Refused(
                    Reason.InvalidField, "spec: the operator cannot work with it; see the operator's log"));
        }
    }

    private static <E, F> List<F> usable(Collection<E> entries, Function<E, Compiled<F>> compiled) {
        List<F> fragments = new ArrayList<>();
        for (E entry : entries) {
            if (compiled.apply(entry) instanceof Compiled.Usable<F>(F fragment)) {
                fragments.add(fragment);
            }
        }
        return fragments;
    }

    /**
     * What is live was vetted before it was published: an operator that starts anew need not ask about thousands of
     * templates before it takes the first edit.
     */
    private static <F> List<F> without(Collection<F> live, List<F> fragments) {
        Set<F> known = new HashSet<>(live);
        return fragments.stream().filter(fragment -> !known.contains(fragment)).toList();
    }

    private static <F> Compiled<F> vetted(Compiled<F> compiled, Map<F, Verdict.Refused> refused) {
        if (compiled instanceof Compiled.Usable<F>(F fragment)) {
            Verdict.Refused refusal = refused.get(fragment);
            return refusal == null ? compiled : new Compiled.Refused<>(refusal);
        }
        return compiled;
    }

    private static boolean isOf(HasMetadata object, String uid, long generation) {
        return uid.equals(object.getMetadata().getUid()) && generation == generation(object);
    }

    private static long generation(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L);
    }

    // ---- choose and assemble ----

    /** The last good version of an object that is gone, or was made anew under the same name, is nothing to keep. */
    private void forgetLastGoodOfOthers() {
        lastGoodContactPoints.values().removeIf(fragment -> {
            ContactPointEntry entry = contactPointEntries.get(fragment.key());
            return entry == null || !entry.uid().equals(fragment.uid());
        });
        lastGoodPolicies.values().removeIf(fragment -> {
            PolicyEntry entry = policyEntries.get(fragment.key());
            return entry == null || !entry.uid().equals(fragment.uid());
        });
    }

    /** A fallback is of one version: when anything of the contact point has changed, its own texts are tried again. */
    private void vetFallbacks() {
        fallbacks.values().removeIf(fallback -> {
            ContactPointEntry entry = contactPointEntries.get(fallback.key());
            return entry == null
                    || (!isFallbackOf(fallback, current(entry.compiled()))
                            && !isFallbackOf(fallback, lastGoodContactPoints.get(fallback.key())));
        });
        vetter.refusedContactPoints(unvettedFallbacks).forEach((fallback, refused) -> {
            LOG.error("{} cannot have default texts: {}", fallback.key(), refused.message());
            fallbacks.remove(fallback.key(), fallback);
        });
        unvettedFallbacks.clear();
    }

    private static boolean isFallbackOf(ContactPointFragment fallback, @Nullable ContactPointFragment version) {
        return version != null
                && version.withDefaultTexts(fallback.defaultTexts()).equals(fallback);
    }

    /** The version as it is to go live: with default texts when its own fail. */
    private @Nullable ContactPointFragment sendable(ObjectKey key, @Nullable ContactPointFragment version) {
        ContactPointFragment fallback = fallbacks.get(key);
        return fallback != null && isFallbackOf(fallback, version) ? fallback : version;
    }

    private @Nullable ContactPointFragment current(ContactPointEntry entry, ObjectKey key) {
        return sendable(key, current(entry.compiled()));
    }

    private @Nullable ContactPointFragment lastGoodContactPoint(ObjectKey key) {
        return sendable(key, lastGoodContactPoints.get(key));
    }

    /**
     * Every version that may go live, the most trusted first: what is live, then changes to it, then what is new.
     * Policies stand before contact points: Alertmanager looks into a receiver only when a route leads there (v0.31.1),
     * and of two that are bad only together the later is named.
     */
    private List<Part> parts() {
        List<Part> live = new ArrayList<>();
        List<Part> changed = new ArrayList<>();
        List<Part> added = new ArrayList<>();
        new TreeMap<>(policyEntries).forEach((key, entry) -> {
            PolicyFragment before = lastGoodPolicies.get(key);
            sort(new Part(true, key, false), before, current(entry.compiled()), live, changed, added);
        });
        new TreeMap<>(contactPointEntries).forEach((key, entry) -> {
            ContactPointFragment before = lastGoodContactPoint(key);
            sort(new Part(false, key, false), before, current(entry, key), live, changed, added);
        });
        live.addAll(changed);
        live.addAll(added);
        return live;
    }

    private List<Part> withoutCulprits(List<Part> parts, Map<Part, Verdict.Refused> leftOut) {
        refusedByEngine
                .entrySet()
                .removeIf(entry -> !entry.getValue().fragment().equals(fragment(entry.getKey())));
        refusedByEngine.forEach((part, refused) -> leftOut.put(part, refused.verdict()));
        return parts.stream().filter(part -> !refusedByEngine.containsKey(part)).toList();
    }

    private @Nullable Object fragment(Part part) {
        if (part.isPolicy()) {
            PolicyEntry entry = policyEntries.get(part.key());
            return !part.isCurrent()
                    ? lastGoodPolicies.get(part.key())
                    : entry == null ? null : current(entry.compiled());
        }
        ContactPointEntry entry = contactPointEntries.get(part.key());
        return !part.isCurrent() ? lastGoodContactPoint(part.key()) : entry == null ? null : current(entry, part.key());
    }

    private static void sort(
            Part lastGood,
            @Nullable Object before,
            @Nullable Object current,
            List<Part> live,
            List<Part> changed,
            List<Part> added) {
        if (before != null) {
            live.add(lastGood);
        }
        if (current != null && !current.equals(before)) {
            (before == null ? added : changed).add(new Part(lastGood.isPolicy(), lastGood.key(), true));
        }
    }

    private static <F> @Nullable F current(Compiled<F> compiled) {
        return switch (compiled) {
            case Compiled.Usable<F>(F fragment) -> fragment;
            case Compiled.Refused<F> refused -> null;
        };
    }

    private Assembly assemble(Collection<Part> parts) {
        Set<Part> included = new HashSet<>(parts);
        Map<ObjectKey, ContactPointFragment> contactPoints = new HashMap<>();
        Map<ObjectKey, Grants> grants = new HashMap<>();
        contactPointEntries.forEach((key, entry) -> {
            grants.put(key, entry.grants());
            ContactPointFragment fragment = liveContactPoint(key, entry, included);
            if (fragment != null) {
                contactPoints.put(key, fragment);
            }
        });
        Map<ObjectKey, PolicyOffer> offers = new HashMap<>();
        policyEntries.forEach((key, entry) -> {
            PolicyFragment before = included.contains(new Part(true, key, false)) ? lastGoodPolicies.get(key) : null;
            PolicyFragment now = current(entry.compiled());
            boolean nowIsIn = included.contains(new Part(true, key, true)) || Objects.equals(now, before);
            offers.put(key, new PolicyOffer(nowIsIn ? now : null, before));
        });
        return assembler
                .assemble(new Assembler.Offers(contactPoints, grants, offers, namespaces.get()))
                .withTests(tested.stream()
                        .flatMap(key -> Stream.ofNullable(contactPoints.get(key)))
                        .map(TestRoute::to)
                        .filter(route -> !route.receivers().isEmpty())
                        .toList());
    }

    private @Nullable ContactPointFragment liveContactPoint(
            ObjectKey key, ContactPointEntry entry, Set<Part> included) {
        if (included.contains(new Part(false, key, true))) {
            return current(entry, key);
        }
        return included.contains(new Part(false, key, false)) ? lastGoodContactPoint(key) : null;
    }

    /**
     * As many parts as there is room for, in their order of trust: what is live stays. Among very many that do not fit
     * some may be refused that just would.
     */
    private Draft fitting(List<Part> parts, Map<Part, Verdict.Refused> leftOut) {
        Draft all = draft(parts);
        if (all.fits()) {
            return all;
        }
        List<Part> live = parts.stream().filter(part -> !part.isCurrent()).toList();
        Draft best = draft(live);
        int fits = best.fits() ? live.size() : 0;
        int tooMany = parts.size();
        while (tooMany - fits > Math.max(1, parts.size() / FITTING_PRECISION)) {
            int middle = (fits + tooMany) / 2;
            Draft candidate = draft(parts.subList(0, middle));
            if (candidate.fits()) {
                fits = middle;
                best = candidate;
            } else {
                tooMany = middle;
            }
        }
        parts.subList(fits, parts.size())
                .forEach(part -> leftOut.put(
                        part,
                        new Verdict.Refused(
                                Reason.NoCapacity,
                                "Alertmanager's configuration is full: remove contact points or policies that are not"
                                        + " needed, or shorten long templates")));
        return best.fits() ? best : draft(parts.subList(0, fits));
    }

    /** The parts that the engine takes together: what was live already is suspected last. */
    private List<Part> taken(List<Part> parts, String objection, Judge judge, Map<Part, Verdict.Refused> leftOut)
            throws InterruptedException {
        LOG.error("the engine refuses the whole configuration, looking for the culprits: {}", redacted(objection));
        List<Part> live = parts.stream().filter(part -> !part.isCurrent()).toList();
        List<Part> newcomers = parts.stream().filter(Part::isCurrent).toList();
        List<Part> culprits = new ArrayList<>();
        if (!isTaken(live, judge)) {
            culprits.addAll(Culprits.find(live, some -> isTaken(some, judge)));
        }
        List<Part> trusted = new ArrayList<>(live);
        trusted.removeAll(culprits);
        culprits.addAll(Culprits.find(newcomers, some -> {
            List<Part> together = new ArrayList<>(trusted);
            together.addAll(some);
            return isTaken(together, judge);
        }));
        for (Part part : culprits) {
            Object fragment = Objects.requireNonNull(fragment(part));
            Verdict.Refused refused =
                    new Verdict.Refused(Reason.RefusedByEngine, "Alertmanager refuses " + why(fragment));
            LOG.error("{} {} is the culprit", part.isPolicy() ? "NotificationPolicy" : "ContactPoint", part.key());
            leftOut.put(part, refused);
            refusedByEngine.put(part, new RefusedVersion(fragment, refused));
        }
        List<Part> rest = new ArrayList<>(parts);
        rest.removeAll(culprits);
        return rest;
    }

    /** In the engine's words where it refuses it alone: what it says of a whole configuration may be about others. */
    private String why(Object fragment) {
        AlertmanagerConfiguration alone = fragment instanceof ContactPointFragment contactPoint
                ? AlertmanagerConfiguration.only(contactPoint)
                : AlertmanagerConfiguration.only((PolicyFragment) fragment);
        return vetter.objectionAtStart(alone.toYaml())
                .map(error -> "it: " + redacted(error))
                .orElse("the configuration because of it; see its log");
    }

    /** The engine may quote what it refuses. */
    private String redacted(String message) {
        List<ContactPointFragment> fragments = usable(contactPointEntries.values(), ContactPointEntry::compiled);
        fragments.addAll(lastGoodContactPoints.values());
        return ContactPointFragment.redacted(message, fragments);
    }

    private boolean isTaken(List<Part> parts, Judge judge) throws InterruptedException {
        return judge.objection(assemble(parts).configuration().toYaml()).isEmpty();
    }

    // ---- the result ----

    private DeliveryPlan plan(Draft draft, Map<Part, Verdict.Refused> leftOut) {
        Assembly assembly = draft.assembly();
        Set<Part> included = new HashSet<>(draft.parts());
        Map<ObjectKey, Outcome<ContactPointFragment>> contactPoints = new LinkedHashMap<>();
        contactPointEntries.forEach((key, entry) -> {
            ContactPointFragment live = liveContactPoint(key, entry, included);
            Verdict verdict = verdict(entry.compiled(), refusal(leftOut, false, key));
            contactPoints.put(key, new Outcome<>(entry.uid(), entry.generation(), verdict, live));
        });
        Map<ObjectKey, Outcome<PolicyFragment>> policies = new LinkedHashMap<>();
        policyEntries.forEach((key, entry) -> {
            LivePolicy live = assembly.policies().get(key);
            Verdict verdict = verdict(entry.compiled(), refusal(leftOut, true, key));
            if (verdict instanceof Verdict.Accepted
                    && live != null
                    && live.objection().isPresent()) {
                verdict = live.objection().get();
            }
            policies.put(
                    key,
                    new Outcome<>(entry.uid(), entry.generation(), verdict, live == null ? null : live.fragment()));
        });
        return new DeliveryPlan(
                assembly.configuration(),
                draft.content(),
                draft.filled(),
                draft.lastGood(),
                contactPoints,
                policies,
                assembly.defaultMissing(),
                DeadRoutes.of(assembly.configuration()),
                assembly.notPermitted());
    }

    /** Against the object as it stands, or against what is live of it and has become unacceptable. */
    private static Verdict.@Nullable Refused refusal(
            Map<Part, Verdict.Refused> leftOut, boolean isPolicy, ObjectKey key) {
        Verdict.Refused current = leftOut.get(new Part(isPolicy, key, true));
        return current == null ? leftOut.get(new Part(isPolicy, key, false)) : current;
    }

    private static Verdict verdict(Compiled<?> compiled, Verdict.@Nullable Refused leftOut) {
        return switch (compiled) {
            case Compiled.Refused<?>(Verdict.Refused refused) -> refused;
            case Compiled.Usable<?> usable -> leftOut == null ? new Verdict.Accepted() : leftOut;
        };
    }

    /** Of a policy that is live only in part, the last whole version stays the one to fall back to. */
    private LiveFragments lastGood(Assembly assembly, Set<Part> included) {
        List<ContactPointFragment> contactPoints = new ArrayList<>();
        new TreeMap<>(contactPointEntries).forEach((key, entry) -> {
            ContactPointFragment live = liveContactPoint(key, entry, included);
            if (live != null) {
                contactPoints.add(live);
            }
        });
        List<PolicyFragment> policies = new ArrayList<>();
        assembly.policies().forEach((key, policy) -> {
            PolicyFragment before = lastGoodPolicies.get(key);
            if (policy.objection().isEmpty()) {
                policies.add(policy.fragment());
            } else if (before != null) {
                policies.add(before);
            }
        });
        return new LiveFragments(contactPoints, policies);
    }
}
