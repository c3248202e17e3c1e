package dev.tocsin.e2e.bench;

import dev.tocsin.api.v1alpha1.AlertRule;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Edits of one rule at a time, each timed until a watch shows its generation with Loaded=True. */
final class Edits {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int BLOCKS = 4;

    private Edits() {}

    /** Measures in blocks, in turn with the peer, and reports the 99th percentile. */
    static void propagation(Run run, Goal goal, Rig rig, Statuses statuses, WholeSetPeer peer, int rules)
            throws Exception {
        int block = run.size(25, 2);
        List<Duration> ours = new ArrayList<>();
        List<Duration> theirs = new ArrayList<>();
        double cpu = 0;
        edit(rig, statuses, rules, 0, block);
        for (int round = 1; round <= BLOCKS; round++) {
            double before = rig.operator().cpuSeconds();
            ours.addAll(edit(rig, statuses, rules, round, block));
            cpu += rig.operator().cpuSeconds() - before;
            for (int i = 0; i < Math.max(1, block / 5); i++) {
                theirs.add(peer.edit(spread(i, rules), round));
            }
        }
        Spread seconds = Spread.ofSeconds(ours);
        Spread peerSeconds = Spread.ofSeconds(theirs);
        run.report(
                goal,
                seconds.percentile(99),
                new Figure.Peer(WholeSetPeer.NAME, peerSeconds.percentile(99)),
                "%s; peer %s; operator %.0f ms of CPU per edit; no kubelet in it"
                        .formatted(seconds, peerSeconds, cpu / ours.size() * 1000));
    }

    /** The times of so many edits, one after the other, of rules all over the set. */
    static List<Duration> edit(Rig rig, Statuses statuses, int rules, int round, int count)
            throws InterruptedException {
        List<Duration> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = Rules.name(spread(i, rules));
            AlertRule named = new AlertRule();
            named.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(Rig.TEAM)
                    .withName(name)
                    .build());
            long began = System.nanoTime();
            AlertRule answer = rig.client()
                    .resource(named)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\":{\"expr\":\"vector(0) > %d\"}}".formatted(round * 1_000_000 + i + 1));
            long loaded = statuses.awaitLoaded(name, answer.getMetadata().getGeneration(), PATIENCE);
            result.add(Duration.ofNanos(loaded - began));
        }
        return result;
    }

    /** Steps that meet every part of the set: 7919 is a prime, and no divisor of the numbers of rules used here. */
    private static int spread(int i, int rules) {
        return (int) (i * 7919L % rules);
    }
}
