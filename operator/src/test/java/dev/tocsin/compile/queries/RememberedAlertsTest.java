package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which instances alert at each evaluation, where that depends on how they were before: each row says what Grafana's
 * documentation and source give. The evaluators' own code evaluates, a minute apart, writes what alerts, and reads it again
 * (vmalert-tool unittest, 1.150). docs/grafana-rules.md names the rows.
 */
@Tag("integration")
class RememberedAlertsTest {
    private static final RuleCompiler COMPILER = new RuleCompiler(OperatorConfiguration.parse("""
        datasources: [{name: default, url: "http://127.0.0.1:1", remoteWrite: {url: "http://127.0.0.1:1"}}]
        evaluators: {image: vmalert}
        alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
        """));

    /**
     * Name | threshold and what else the rule says | samples of each instance, _ where there is none | P or F where the
     * instance is pending or fires, - where it does not alert.
     */
    private static final String TABLE = """
        the band does not begin an alert | above: 0.9, recoverBelow: 0.8 | | a 0.85 0.9 0.85 | a - - -
        the band goes on with one, its lower end too | above: 0.9, recoverBelow: 0.8 | | a 0.95 0.85 0.8 0.9 0.81 | a F F F F F
        below the band it is over, and does not begin in it again | above: 0.9, recoverBelow: 0.8 | | a 0.95 0.79 0.85 0.9 0.91 0.89 | a F - - - F F
        flapping around the threshold is one alert | above: 0.9, recoverBelow: 0.8 | | a 0.91 0.89 0.91 0.89 0.91 0.79 | a F F F F F -
        flapping around the recovery begins none | above: 0.9, recoverBelow: 0.8 | | a 0.79 0.81 0.79 0.81 0.79 | a - - - - -
        each instance for itself | above: 0.9, recoverBelow: 0.8 | | a 0.95 0.85 0.7 0.85; b 0.85 0.95 0.85 0.85; c 0.85 0.85 0.85 0.95 | a F F - -; b - F F F; c - - - F
        atLeast | atLeast: 0.9, recoverBelow: 0.8 | | a 0.9 0.8 0.79 0.89 | a F F - -
        below | below: 3, recoverAbove: 5 | | a 4 2 4 5 5.1 4 | a - F F F - -
        atMost | atMost: 3, recoverAbove: 5 | | a 4 3 5 5.1 | a - F F -
        within, recovers outside of a wider range | within: {from: 10, to: 20}, recoverOutside: {from: 5, to: 25} | | a 7 15 7 5 25 26 7 4 | a - F F F F - - -
        within, recovers in a part of it | within: {from: 10, to: 20}, recoverOutside: {from: 14, to: 25} | | a 12 12 15 12 | a F - F -
        outside, recovers within a narrower range | outside: {from: 10, to: 20}, recoverWithin: {from: 12, to: 18} | | a 11 9 11 12 12.1 11 21 18 17 | a - F F F - - F F -
        pending goes on in the band, and fires in time | above: 0.9, recoverBelow: 0.8 | for: 2m | a 0.95 0.85 0.85 0.85 0.7 0.95 | a P P F F - P
        pending that recovers begins anew | above: 0.9, recoverBelow: 0.8 | for: 2m | a 0.95 0.7 0.85 0.95 0.85 | a P - - P P
        an alert that is kept firing goes on in the band | above: 0.9, recoverBelow: 0.8 | keepFiringFor: 3m | a 0.95 0.7 0.85 0.85 0.85 0.85 0.85 | a F F F F F F F
        a series that vanishes for one evaluation goes on in the band | above: 0.9, recoverBelow: 0.8 | | a 0.95 _ 0.85 0.85; b 0 0 0 0 | a F F F F; b - - - -
        one that vanishes for two does not | above: 0.9, recoverBelow: 0.8 | | a 0.95 _ _ 0.85; b 0 0 0 0 | a F F - -; b - - - -
        one that vanishes in the band is kept as it was | above: 0.9, recoverBelow: 0.8 | missingSeriesEvaluations: 3 | a 0.95 0.85 _ _ 0.85 _ _ _ 0.85; b 0 0 0 0 0 0 0 0 0 | a F F F F F F F - -; b - - - - - - - - -
        one that vanishes when none may be missed | above: 0.9, recoverBelow: 0.8 | missingSeriesEvaluations: 1 | a 0.95 _ 0.85; b 0 0 0 | a F - -; b - - -
        no data, NoData: instances are missing | above: 0.9, recoverBelow: 0.8 | | a 0.95 _ 0.85 _ _ 0.85 | a F F F F - -
        no data, OK: over | above: 0.9, recoverBelow: 0.8 | noData: OK | a 0.95 _ 0.85 | a F - -
        no data, Alerting: what alerts for want of data does not go on in the band | above: 0.9, recoverBelow: 0.8 | noData: Alerting | a 0.95 _ 0.85 0.95 0.85 | a F F - F F
        KeepLast: what fires goes on, what does not stays quiet | above: 0.9 | noData: KeepLast | a 0.95 _ _ _ _ 0.5; b 0.5 _ _ _ _ 0.5 | a F F F F F -; b - - - - - -
        KeepLast: pending goes on to fire, and is the same alert | above: 0.9 | noData: KeepLast; for: 2m; labels: {severity: page} | a 0.95 _ _ _ 0.5; b 0.5 _ _ _ 0.95 | a P P F F -; b - - - - P
        KeepLast: what is over stays over | above: 0.9 | noData: KeepLast | a 0.95 0.5 _ _ 0.95 _ | a F - - - F F
        KeepLast: one series that vanishes while another is there is missing | above: 0.9 | noData: KeepLast | a 0.95 _ _ 0.95; b 0 0 0 0 | a F F - F; b - - - -
        KeepLast: missing when there are data again | above: 0.9 | noData: KeepLast | a 0.95 _ _ _ _; b 0 _ _ 0 0 | a F F F F -; b - - - - -
        KeepLast: missing when there are data again, and none may be missed | above: 0.9 | noData: KeepLast; missingSeriesEvaluations: 1 | a 0.95 _ _; b 0 _ 0 | a F F -; b - - -
        KeepLast: missing before and after there were no data | above: 0.9 | noData: KeepLast; missingSeriesEvaluations: 3 | a 0.95 _ _ _ _ _; b 0 0 _ 0 0 0 | a F F F F F -; b - - - - - -
        KeepLast: errors are kept too | above: 0.9 | noData: KeepLast; onError: KeepLast | a 0.95 _ _ 0.5 | a F F F -
        KeepLast: what is kept does not go on in the band | above: 0.9, recoverBelow: 0.8 | noData: KeepLast | a 0.95 0.85 _ _ 0.85 0.95 0.85 | a F F F F - F F
        labels of the rule | above: 0.9, recoverBelow: 0.8 | labels: {severity: "page", place: "{{ $labels.instance }}"} | a 0.95 0.85 0.79; b 0.85 0.85 0.85 | a F F -; b - - -
        a name that has to be quoted | above: 0.9, recoverBelow: 0.8 | alert: 'Load "high" \\ now' | a 0.95 0.85 0.79 | a F F -
        """;

    static Stream<Arguments> rows() {
        return TABLE.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(row -> Arguments.of(row.getFirst(), row.get(1), row.get(2), row.get(3), row.get(4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void alerts(String name, String threshold, String more, String samples, String expected, @TempDir Path folder)
            throws IOException {
        JsonNode rule = Golden.YAML.readTree(compiled(threshold, more).group());
        String rules = Files.writeString(
                        folder.resolve("rules.yaml"),
                        Golden.YAML.writeValueAsString(Golden.YAML
                                .createObjectNode()
                                .set("groups", Golden.YAML.createArrayNode().add(rule))))
                .toString();
        ObjectNode file = Golden.YAML.createObjectNode();
        file.putArray("rule_files").add(rules);
        file.put("evaluation_interval", "1m");
        ObjectNode test = file.putArray("tests").addObject().put("interval", "1m");
        ArrayNode series = test.putArray("input_series");
        for (String[] instance : instances(samples)) {
            series.addObject()
                    .put("series", "load{instance=\"" + instance[0] + "\", zone=\"x\"}")
                    .put("values", String.join(" ", Arrays.asList(instance).subList(1, instance.length)));
            // What will be written exists from the start: the tool evaluates an hour in no time, and its store keeps
            // the
            // answer that there is no such series for seconds.
            for (String state : List.of("pending", "firing")) {
                series.addObject()
                        .put(
                                "series",
                                "ALERTS{instance=\"%s\", alertstate=\"%s\", %s}"
                                        .formatted(instance[0], state, ownLabels(rule, instance[0])))
                        .put("values", "_x1000 1");
            }
        }
        ArrayNode checks = test.putArray("metricsql_expr_test");
        for (String[] instance : instances(expected)) {
            for (int i = 1; i < instance.length; i++) {
                ArrayNode states = checks.addObject()
                        .put("expr", "max by (alertstate) (ALERTS{instance=\"" + instance[0] + "\"})")
                        .put("eval_time", (i - 1) + "m")
                        .putArray("exp_samples");
                if (!instance[i].equals("-")) {
                    states.addObject()
                            .put("labels", "{alertstate=\"" + (instance[i].equals("P") ? "pending" : "firing") + "\"}")
                            .put("value", 1);
                }
            }
        }
        Path tests = Files.writeString(folder.resolve("tests.yaml"), Golden.YAML.writeValueAsString(file));

        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("vmalert-tool").toString(), "unittest", "--disableAlertgroupLabel", "--files=" + tests));

        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }

    private static CompiledRule compiled(String threshold, String more) {
        String spec = """
            interval: 1m
            queries: [{name: A, expr: "sum by (instance) (last_over_time(load[30s]))", instant: true}]
            expressions: [{name: B, threshold: {input: A, %s}}]
            condition: B
            %s
            """.formatted(threshold, more.replace("; ", "\n"));
        Compilation compilation =
                COMPILER.compile(new ObjectKey("shop", "remembered"), "uid", 1, CompiledRules.spec(spec));
        assertThat(compilation).isInstanceOf(Compilation.Runnable.class);
        return ((Compilation.Runnable) compilation).rule();
    }

    private static String ownLabels(JsonNode group, String instance) {
        JsonNode rule = group.at("/rules/0");
        StringBuilder result =
                new StringBuilder("alertgroup=" + group.path("name") + ", alertname=" + rule.path("alert"));
        rule.path("labels").properties().forEach(label -> {
            String value = label.getValue().toString().replaceAll("\\{\\{.*}}", instance);
            result.append(", ").append(label.getKey()).append('=').append(value);
        });
        return result.toString();
    }

    private static List<String[]> instances(String text) {
        return Arrays.stream(text.split("; ")).map(each -> each.split(" ")).toList();
    }
}
