package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Assembler.Reference;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.compile.delivery.PolicyCompiler;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.observe.DeliveryPicture;
import dev.tocsin.observe.SentTo;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import dev.tocsin.publish.AlertmanagerMembers.Rollout;
import dev.tocsin.status.ContactPointStatusFactory;
import dev.tocsin.status.NotificationPolicyStatusFactory;
import dev.tocsin.status.StatusWriter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says on every ContactPoint and NotificationPolicy what has become of it, whenever that changes. Confined to the
 * delivery loop's thread.
 */
final class DeliveryReporter {
    private final StatusWriter statusWriter;
    private final RouteListener listener;
    private final Duration countsPeriod;
    private final TestNotifications tests;
    private final Clock clock;

    /** What each object was last said to be, by uid. */
    private final Map<String, ContactPointStatus> contactPointStatuses = new HashMap<>();

    private final Map<String, NotificationPolicyStatus> policyStatuses = new HashMap<>();
    private Map<ObjectKey, SentTo> reportedRoutes = Map.of();
    private Map<ObjectKey, Integer> alertsByPolicy = Map.of();
    private @Nullable Instant alertsCounted;
    private @Nullable Routing routing;

    /**
     * @param listener told of the routes and of where alerts go, whenever that changes
     * @param countsPeriod between two counts of the alerts of each policy
     * @param tests what has become of test notifications
     */
    DeliveryReporter(
            StatusWriter statusWriter,
            RouteListener listener,
            Duration countsPeriod,
            TestNotifications tests,
            Clock clock) {
        this.statusWriter = statusWriter;
        this.listener = listener;
        this.countsPeriod = countsPeriod;
        this.tests = tests;
        this.clock = clock;
    }

    /** The objects as they stand. */
    record Current(Map<ObjectKey, ContactPoint> contactPoints, Map<ObjectKey, NotificationPolicy> policies) {}

    /** What is live of them, since when. */
    record Live(LiveVersions<ContactPointFragment> contactPoints, LiveVersions<PolicyFragment> policies) {}

    /** The routes have changed: alerts are counted anew. */
    void routesAre(Routing routes) {
        routing = routes;
        alertsCounted = null;
        listener.routes(routes);
    }

    /** @param filled percent of the configuration's room that are used at least; 0 when there is plenty */
    void report(DeliveryPlan plan, Current objects, Live live, Rollout rollout, DeliveryPicture picture, int filled) {
        Instant now = clock.instant();
        if (!picture.sentTo().equals(reportedRoutes)) {
            reportedRoutes = picture.sentTo();
            listener.sent(reportedRoutes);
        }
        countAlerts(picture, now);
        contactPointStatuses.keySet().retainAll(uids(objects.contactPoints()));
        policyStatuses.keySet().retainAll(uids(objects.policies()));
        Map<String, Map<String, Health>> health = new HashMap<>();
        picture.health()
                .forEach((sender, state) -> health.computeIfAbsent(sender.receiver(), key -> new HashMap<>())
                        .put(sender.integration(), state));
        plan.contactPoints().forEach((key, outcome) -> {
            ContactPoint object = objects.contactPoints().get(key);
            if (object != null && outcome.isAbout(object)) {
                Proof proof = proof(rollout, live.contactPoints().since(key), filled);
                String receiver = ContactPointFragment.receiverName(key);
                report(
                        object,
                        outcome,
                        proof,
                        health.getOrDefault(receiver, Map.of()),
                        plan.notPermitted().getOrDefault(key, List.of()),
                        now);
            }
        });
        plan.policies().forEach((key, outcome) -> {
            NotificationPolicy object = objects.policies().get(key);
            if (object != null && outcome.isAbout(object)) {
                List<DeadRoute> dead = plan.deadRoutes().getOrDefault(key, List.of());
                report(key, object, outcome, proof(rollout, live.policies().since(key), filled), dead, now);
            }
        });
    }

    private static Set<String> uids(Map<ObjectKey, ? extends HasMetadata> objects) {
        return objects.values().stream()
                .map(object -> object.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private void report(
            ContactPoint object,
            Outcome<ContactPointFragment> outcome,
            Proof proof,
            Map<String, Health> health,
            List<Reference> notPermitted,
            Instant now) {
        ContactPointFragment live = outcome.live();
        ContactPointStatus before = contactPointStatuses.computeIfAbsent(outcome.uid(), uid -> object.getStatus());
        ContactPointStatus next = ContactPointStatusFactory.status(
                before,
                new ContactPointStatusFactory.Facts(
                        outcome.generation(),
                        outcome.verdict(),
                        live == null ? null : live.generation(),
                        proof.loadedBy(),
                        proof.members(),
                        proof.everywhere(),
                        proof.waitingFor(),
                        proof.filled(),
                        ContactPointCompiler.integrations(object.getSpec()),
                        health,
                        live == null ? Map.of() : live.defaultTexts(),
                        notPermitted,
                        tests.status(outcome.uid())),
                now);
        if (!next.equals(before)) {
            contactPointStatuses.put(outcome.uid(), next);
            offer(ContactPoint.class, object, next, before == null ? null : before.conditions(), next.conditions());
        }
    }

    private void report(
            ObjectKey key,
            NotificationPolicy object,
            Outcome<PolicyFragment> outcome,
            Proof proof,
            List<DeadRoute> deadRoutes,
            Instant now) {
        PolicyFragment live = outcome.live();
        NotificationPolicyStatus before = policyStatuses.computeIfAbsent(outcome.uid(), uid -> object.getStatus());
        NotificationPolicyStatus next = NotificationPolicyStatusFactory.status(
                before,
                new NotificationPolicyStatusFactory.Facts(
                        outcome.generation(),
                        outcome.verdict(),
                        live == null ? null : live.generation(),
                        proof.loadedBy(),
                        proof.members(),
                        proof.everywhere(),
                        proof.waitingFor(),
                        proof.filled(),
                        PolicyCompiler.routes(object.getSpec()),
                        alertsOf(key, before),
                        deadRoutes),
                now);
        if (!next.equals(before)) {
            policyStatuses.put(outcome.uid(), next);
            offer(
                    NotificationPolicy.class,
                    object,
                    next,
                    before == null ? null : before.conditions(),
                    next.conditions());
        }
    }

    /** Whoever waits for an object waits for its conditions: they go before mere counts. */
    private <S, T extends CustomResource<?, S>> void offer(
            Class<T> type,
            T object,
            S status,
            @Nullable List<Condition> conditionsBefore,
            @Nullable List<Condition> conditions) {
        statusWriter.offer(
                type,
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                object.getMetadata().getUid(),
                status,
                !Objects.equals(conditionsBefore, conditions));
    }

    /** How far a publication has come, and how full it is. */
    private record Proof(long loadedBy, int members, boolean everywhere, String waitingFor, int filled) {}

    private static Proof proof(Rollout rollout, long sequence, int filled) {
        return new Proof(
                rollout.loadedBy(sequence),
                rollout.expected(),
                rollout.provenEverywhere() >= sequence,
                waitingFor(rollout, sequence),
                filled);
    }

    /** Not in the engine's own words: they may quote a secret of any object. */
    private static String waitingFor(Rollout rollout, long sequence) {
        if (rollout.refusal().isPresent() && rollout.refusal().get().sequence() >= sequence) {
            return rollout.refusal().get().pod() + " refuses the configuration, the culprit is being looked for";
        }
        List<String> silent = rollout.unreachable().stream()
                .filter(pod -> rollout.proven().getOrDefault(pod, 0L) < sequence)
                .toList();
        return silent.isEmpty() ? "" : String.join(", ", silent) + " cannot be reached";
    }

    /** Before any member has answered, what was counted before stands. */
    private int alertsOf(ObjectKey key, @Nullable NotificationPolicyStatus before) {
        Integer countedBefore = before == null ? null : before.alerts();
        return alertsCounted == null && countedBefore != null ? countedBefore : alertsByPolicy.getOrDefault(key, 0);
    }

    private void countAlerts(DeliveryPicture picture, Instant now) {
        Routing routes = routing;
        Instant counted = alertsCounted;
        if (routes == null || !picture.isKnown() || (counted != null && now.isBefore(counted.plus(countsPeriod)))) {
            return;
        }
        alertsCounted = now;
        Map<ObjectKey, Integer> counts = new HashMap<>();
        for (Map<String, String> labels : picture.alerts()) {
            routes.match(labels).stream()
                    .flatMap(match -> match.policy().stream())
                    .distinct()
                    .forEach(policy -> counts.merge(policy, 1, Integer::sum));
        }
        alertsByPolicy = counts;
    }
}
