package dev.tocsin.e2e;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long an edit takes to work: edits one AlertRule again and again, and measures from just before the edit is sent
 * to the API server until a watch shows condition Loaded=True for that edit's generation, that is, proven on every
 * replica of the evaluator.
 */
@Command(
        name = "measure-edit",
        description =
                "Edits an AlertRule of its own and prints how long each edit took until it was loaded everywhere.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class MeasureEdit implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    @Option(names = "--edits", defaultValue = "50", description = "How many edits. Default: ${DEFAULT-VALUE}.")
    private int edits;

    @Option(
            names = "--namespace",
            defaultValue = "default",
            description = "Where the rule is made. Default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(
            names = "--name",
            defaultValue = "measure-edit",
            description = "The rule's name. Default: ${DEFAULT-VALUE}.")
    private String name = "";

    @Option(names = "--datasource", description = "The rule's datasource. Default: the operator's default.")
    private @Nullable String datasource;

    @Option(
            names = "--goal",
            defaultValue = "1500",
            paramLabel = "MILLISECONDS",
            description = "The 99th percentile that is to be reached. Default: ${DEFAULT-VALUE}.")
    private long goal;

    @Option(
            names = "--pause",
            defaultValue = "1000",
            paramLabel = "MILLISECONDS",
            description = "The longest pause between two edits; each is random. Default: ${DEFAULT-VALUE}.")
    private int pause;

    @Override
    public Integer call() throws InterruptedException {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            Resource<AlertRule> resource =
                    client.resources(AlertRule.class).inNamespace(namespace).withName(name);
            resource.withTimeoutInMillis(PATIENCE.toMillis()).delete();
            Statuses statuses = new Statuses();
            try (Watch watch = resource.watch(statuses)) {
                System.out.printf("%d edits of AlertRule %s/%s, each until Loaded=True%n", edits, namespace, name);
                // The first one makes the rule, and may make the evaluators know the namespace: it is not counted.
                Duration created =
                        timed(statuses, () -> client.resource(rule(0)).create());
                System.out.printf("created: %s until loaded%n", milliseconds(created));
                Random random = new Random(1);
                List<Duration> durations = new ArrayList<>();
                for (int edit = 1; edit <= edits; edit++) {
                    int threshold = edit;
                    Thread.sleep(pause == 0 ? 0 : random.nextInt(pause));
                    durations.add(timed(statuses, () -> resource.patch(MERGE, patch(threshold))));
                }
                return report(durations);
            } finally {
                resource.delete();
            }
        } catch (NotLoadedException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private int report(List<Duration> durations) {
        Percentiles percentiles = new Percentiles(durations);
        Duration p99 = percentiles.percentile(99);
        boolean reached = p99.toMillis() <= goal;
        System.out.printf(
                "edit -> loaded on every replica: p50 %s, p90 %s, p99 %s, longest %s (%d edits; goal p99 <= %d ms: %s)%n",
                milliseconds(percentiles.percentile(50)),
                milliseconds(percentiles.percentile(90)),
                milliseconds(p99),
                milliseconds(percentiles.percentile(100)),
                durations.size(),
                goal,
                reached ? "reached" : "MISSED");
        return reached ? 0 : 1;
    }

    private Duration timed(Statuses statuses, Callable<AlertRule> change) throws InterruptedException {
        long began = System.nanoTime();
        AlertRule answer;
        try {
            answer = change.call();
        } catch (Exception e) {
            throw new NotLoadedException("the API server refused the edit: " + e.getMessage());
        }
        long loaded = statuses.awaitLoaded(answer.getMetadata().getGeneration());
        return Duration.ofNanos(loaded - began);
    }

    private AlertRule rule(int threshold) {
        AlertRule rule = new AlertRule();
        rule.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
        rule.setSpec(spec(threshold));
        return rule;
    }

    /** A patch and not an update: an edit shall not fail because the operator has written the status meanwhile. */
    private static String patch(int threshold) {
        return """
                {"spec": {"expr": "vector(0) > %d", "annotations": {"summary": "edit %d"}}}""".formatted(threshold, threshold);
    }

    /** Never true, and a new rule to the engine at each threshold. */
    private AlertRuleSpec spec(int threshold) {
        return new AlertRuleSpec(
                "MeasureEdit",
                datasource,
                "vector(0) > " + threshold,
                "10s",
                null,
                null,
                Map.of("severity", "none"),
                Map.of("summary", "edit " + threshold),
                null);
    }

    private static String milliseconds(Duration duration) {
        return duration.toMillis() + " ms";
    }

    /** The rule's statuses as the watch brings them, each with the time at which it came. */
    private static final class Statuses implements Watcher<AlertRule> {
        private record Seen(AlertRule rule, long at) {}

        private final BlockingQueue<Seen> queue = new LinkedBlockingQueue<>();

        @Override
        public void eventReceived(Action action, AlertRule rule) {
            if (action == Action.ADDED || action == Action.MODIFIED) {
                queue.add(new Seen(rule, System.nanoTime()));
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            System.err.println("the watch ended: " + cause.getMessage());
        }

        long awaitLoaded(long generation) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            String last = "no status at all: does the operator run?";
            while (true) {
                Seen seen = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (seen == null) {
                    throw new NotLoadedException("generation %d was not loaded within %d s. Last seen: %s"
                            .formatted(generation, PATIENCE.toSeconds(), last));
                }
                AlertRuleStatus status = seen.rule().getStatus();
                if (status == null) {
                    continue;
                }
                last = status.toString();
                if (isLoaded(status, generation)) {
                    return seen.at();
                }
            }
        }

        private static boolean isLoaded(AlertRuleStatus status, long generation) {
            return Objects.requireNonNullElse(status.observedGeneration(), -1L) >= generation
                    && Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                            .anyMatch(condition -> condition.type().equals("Loaded")
                                    && condition.status().equals("True")
                                    && Objects.requireNonNullElse(condition.observedGeneration(), -1L) >= generation);
        }
    }

    /** An edit that did not work; the message says what was seen instead. */
    private static final class NotLoadedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotLoadedException(String message) {
            super(message);
        }
    }

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeasureEdit()).execute(arguments));
    }
}
