package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.api.v1alpha1.MatchOp;
import dev.tocsin.api.v1alpha1.Matcher;
import dev.tocsin.api.v1alpha1.MuteTiming;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.api.v1alpha1.Route;
import dev.tocsin.api.v1alpha1.TimeInterval;
import dev.tocsin.api.v1alpha1.TimeInterval.TimeOfDayRange;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When time intervals hold. */
class TimeWindowTest {
    private static final int INTERVALS = 120;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{times: [{from: \"09:00\", to: \"17:00\"}]}                           | 2026-11-25T08:59:59Z | false",
                "{times: [{from: \"09:00\", to: \"17:00\"}]}                           | 2026-11-25T09:00:00Z | true",
                "{times: [{from: \"09:00\", to: \"17:00\"}]}                           | 2026-11-25T16:59:59Z | true",
                "{times: [{from: \"09:00\", to: \"17:00\"}]}                           | 2026-11-25T17:00:00Z | false",
                "{times: [{from: \"22:00\", to: \"06:00\"}], location: Europe/Berlin}  | 2026-11-25T20:59:00Z | false",
                "{times: [{from: \"22:00\", to: \"06:00\"}], location: Europe/Berlin}  | 2026-11-25T21:00:00Z | true",
                "{times: [{from: \"22:00\", to: \"06:00\"}], location: Europe/Berlin}  | 2026-07-25T20:00:00Z | true",
                "{times: [{from: \"22:00\", to: \"06:00\"}], location: Europe/Berlin}  | 2026-07-26T04:00:00Z | false",
                "{times: [{from: \"22:00\", to: \"06:00\"}], weekdays: [friday]}       | 2026-11-28T05:59:00Z | true",
                "{times: [{from: \"22:00\", to: \"06:00\"}], weekdays: [friday]}       | 2026-11-27T05:59:00Z | false",
                "{weekdays: [\"saturday:sunday\"]}                                   | 2026-11-29T12:00:00Z | true",
                "{weekdays: [\"saturday:sunday\"]}                                   | 2026-11-30T00:00:00Z | false",
                "{weekdays: [\"saturday:sunday\"], location: America/New_York}       | 2026-11-30T04:59:00Z | true",
                "{daysOfMonth: [\"-1\"]}                                             | 2028-02-29T00:00:00Z | true",
                "{daysOfMonth: [\"-1\"]}                                             | 2028-02-28T00:00:00Z | false",
                "{daysOfMonth: [\"-7:-1\"]}                                          | 2026-11-24T00:00:00Z | true",
                "{daysOfMonth: [\"-7:-1\"]}                                          | 2026-11-23T23:59:59Z | false",
                "{daysOfMonth: [\"31\"]}                                             | 2026-11-30T12:00:00Z | false",
                "{daysOfMonth: [\"25:31\"]}                                          | 2026-11-30T12:00:00Z | true",
                "{months: [\"november:january\"]}                                    | 2027-01-31T23:59:59Z | true",
                "{months: [\"november:january\"]}                                    | 2027-02-01T00:00:00Z | false",
                "{years: [\"2026:2027\"]}                                            | 2027-12-31T23:59:59Z | true",
                "{years: [\"2026:2027\"]}                                            | 2028-01-01T00:00:00Z | false",
                "{years: [\"2026\"], months: [may]}                                  | 2026-11-25T00:00:00Z | false",
            })
    void itHoldsFromItsBeginningUpToItsEnd(String interval, Instant at, boolean holds) throws Exception {
        TimeInterval parsed = Golden.YAML.readValue(interval, TimeInterval.class);
        List<Map<String, Object>> compiled = new TimeIntervals(new Objections()).compile("interval", parsed);

        assertThat(TimeWindow.contains(compiled, at)).isEqualTo(holds);
    }

    /** Around the present time, since Alertmanager looks at its own clock. */
    @Test
    @Tag("integration")
    void alertmanagerMutesTheSameRoutesAtThisMoment(@TempDir Path folder) throws Exception {
        List<MuteTiming> timings = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        Random random = new Random(7);
        Instant now = Instant.now();
        for (int i = 0; i < INTERVALS; i++) {
            timings.add(new MuteTiming("t" + i, List.of(interval(random, now))));
            routes.add(route(i, i % 3 == 0 ? List.of() : List.of("t" + i), i % 3 == 0 ? List.of("t" + i) : List.of()));
        }
        try (CaptureServer receiver = new CaptureServer()) {
            AlertmanagerConfiguration configuration = configuration(timings, routes, receiver.url("/"));
            try (RunningAlertmanager alertmanager = RunningAlertmanager.start(folder, configuration.toYaml())) {
                for (int i = 0; i < INTERVALS; i++) {
                    alertmanager.fire("{\"n\":\"" + i + "\"}");
                }

                await("every alert is notified or muted")
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(muted(alertmanager).size()
                                        + told(receiver).size())
                                .isEqualTo(INTERVALS));

                Set<Integer> before = muted(new Routing(configuration), now);
                Set<Integer> after = muted(new Routing(configuration), Instant.now());
                Set<Integer> byAlertmanager = muted(alertmanager);
                assertThat(byAlertmanager).hasSizeBetween(INTERVALS / 5, INTERVALS * 4 / 5);
                assertThat(byAlertmanager).isSubsetOf(union(before, after));
                assertThat(told(receiver)).doesNotContainAnyElementsOf(intersection(before, after));
            }
        }
    }

    private static Set<Integer> union(Set<Integer> one, Set<Integer> other) {
        Set<Integer> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    private static Set<Integer> intersection(Set<Integer> one, Set<Integer> other) {
        Set<Integer> both = new TreeSet<>(one);
        both.retainAll(other);
        return both;
    }

    private static Set<Integer> muted(Routing routing, Instant at) {
        Set<Integer> muted = new TreeSet<>();
        for (int i = 0; i < INTERVALS; i++) {
            Routing.Match match = routing.match(Map.of("n", String.valueOf(i))).getFirst();
            if (routing.mute(match, at).isMuted()) {
                muted.add(i);
            }
        }
        return muted;
    }

    private static Set<Integer> muted(RunningAlertmanager alertmanager) throws Exception {
        Set<Integer> muted = new TreeSet<>();
        for (JsonNode group : new JsonMapper()
                .readTree(alertmanager.get("/api/v2/alerts/groups").body())) {
            JsonNode alert = group.at("/alerts/0");
            if (!alert.at("/status/mutedBy").isEmpty()) {
                muted.add(alert.at("/labels/n").asInt());
            }
        }
        return muted;
    }

    private static Set<Integer> told(CaptureServer receiver) throws Exception {
        Set<Integer> told = new TreeSet<>();
        for (CaptureServer.Request request : receiver.requests()) {
            told.add(new JsonMapper()
                    .readTree(request.body())
                    .at("/groupLabels/n")
                    .asInt());
        }
        return told;
    }

    private static Route route(int number, List<String> mute, List<String> active) {
        return new Route(
                null,
                List.of("n"),
                "0s",
                null,
                null,
                List.of(new Matcher("n", MatchOp.EQUAL, String.valueOf(number))),
                false,
                mute,
                active,
                List.of());
    }

    private static AlertmanagerConfiguration configuration(List<MuteTiming> timings, List<Route> routes, String url) {
        ObjectKey policy = new ObjectKey("platform", "all");
        ObjectKey team = new ObjectKey("platform", "team");
        Route root = new Route("team", null, null, null, null, List.of(), false, List.of(), List.of(), routes);
        Compiled<PolicyFragment> compiled = new PolicyCompiler(Set.of("platform"))
                .compile(policy, "uid", 1, new NotificationPolicySpec(PolicyScope.Cluster, root, timings, List.of()));
        PolicyFragment fragment = ((Compiled.Usable<PolicyFragment>) compiled).fragment();
        ContactPointFragment contactPoint = new ContactPointFragment(
                team,
                "uid",
                1,
                Map.of("name", team.toString(), "webhook_configs", List.of(Map.of("url", url))),
                List.of(),
                List.of(),
                Map.of());
        return new Assembler(Optional.empty())
                .assemble(new Assembler.Offers(
                        Map.of(team, contactPoint),
                        Map.of(team, Grants.NONE),
                        Map.of(policy, new Assembler.PolicyOffer(fragment, null)),
                        new HashMap<>()))
                .configuration();
    }

    /** Each part set or not, and holding now or not. */
    private static TimeInterval interval(Random random, Instant now) {
        @Nullable String location = pick(random, null, "UTC", "Asia/Tokyo", "America/New_York", "Asia/Kolkata");
        ZonedDateTime local = now.atZone(ZoneId.of(location == null ? "UTC" : location));
        boolean dates = random.nextBoolean();
        boolean times = !dates || random.nextBoolean();
        return new TimeInterval(
                times ? List.of(times(random, local, dates)) : null,
                random.nextBoolean() ? List.of(weekdays(random, local)) : null,
                dates ? List.of(days(random, local)) : null,
                dates && random.nextInt(4) == 0
                        ? List.of(pick(random, month(local), month(local.plusMonths(2))))
                        : null,
                dates && random.nextInt(4) == 0 ? List.of(pick(random, "2026:2099", "1999")) : null,
                location);
    }

    private static TimeOfDayRange times(Random random, ZonedDateTime now, boolean dates) {
        if (dates) {
            return pick(random, new TimeOfDayRange("00:00", "24:00"), new TimeOfDayRange("00:00", "12:00"));
        }
        LocalTime begin = now.toLocalTime().plusMinutes(pick(random, -600, -30, 30, 600));
        return new TimeOfDayRange(CLOCK.format(begin), CLOCK.format(begin.plusMinutes(pick(random, 60, 700, 1400))));
    }

    private static String weekdays(Random random, ZonedDateTime now) {
        ZonedDateTime begin = now.plusDays(pick(random, -1, 0, 1));
        ZonedDateTime end = begin.plusDays(pick(random, 0, 1, 4));
        return begin.getDayOfWeek() + ":" + end.getDayOfWeek();
    }

    private static String days(Random random, ZonedDateTime now) {
        int day = now.getDayOfMonth();
        int fromEnd = day - now.toLocalDate().lengthOfMonth() - 1;
        return pick(
                random,
                String.valueOf(day),
                String.valueOf(fromEnd),
                fromEnd + ":-1",
                "1:" + day,
                day > 1 ? "1:" + (day - 1) : "31",
                "1:31");
    }

    private static String month(ZonedDateTime time) {
        return String.valueOf(time.getMonthValue());
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }
}
