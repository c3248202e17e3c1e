package dev.tocsin.vet;

import com.google.re2j.Pattern;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TemplateText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Alerts as Alertmanager v0.31.1 hands them to templates (template.Data), to render templates with ahead. A template
 * that fails on some alerts loses their notification: Alertmanager does not try again, and Go's templates cannot catch
 * an error.
 */
enum TemplateSample {
    /** What most notifications look like. */
    USUAL("", """
            {"receiver": "namespace/name", "status": "firing",
             "alerts": [
              {"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
               "generatorURL": "https://example.com/1", "fingerprint": "0000000000000001",
               "labels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
                "severity": "critical", "instance": "a:1"},
               "annotations": {"summary": "a summary", "description": "a description"}},
              {"status": "resolved", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-01T01:00:00Z",
               "generatorURL": "https://example.com/2", "fingerprint": "0000000000000002",
               "labels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
                "severity": "critical", "instance": "b:1"},
               "annotations": {"summary": "a summary", "description": "another description"}}],
             "groupLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample"},
             "commonLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
              "severity": "critical"},
             "commonAnnotations": {"summary": "a summary"},
             "externalURL": "https://alertmanager.example.com"}
            """),

    /** A single alert that says nothing but its name. */
    BARE(" when there is one alert with no label but its name and no annotation", """
            {"receiver": "namespace/name", "status": "firing",
             "alerts": [
              {"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
               "generatorURL": "", "fingerprint": "0000000000000001", "labels": {"alertname": "Sample"},
               "annotations": {}}],
             "groupLabels": {}, "commonLabels": {"alertname": "Sample"}, "commonAnnotations": {},
             "externalURL": "https://alertmanager.example.com"}
            """),

    /** Alerts of two rules that are told together. */
    MIXED(" when the alerts have nothing in common", """
            {"receiver": "namespace/name", "status": "firing",
             "alerts": [
              {"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
               "generatorURL": "https://example.com/1", "fingerprint": "0000000000000001",
               "labels": {"alertname": "One", "severity": "critical"}, "annotations": {"summary": "a summary"}},
              {"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
               "generatorURL": "https://example.com/2", "fingerprint": "0000000000000002",
               "labels": {"alertname": "Two", "severity": "warning"}, "annotations": {"summary": "another summary"}}],
             "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
             "externalURL": "https://alertmanager.example.com"}
            """),

    /** The end of an alert. */
    RESOLVED(" when no alert fires any more", """
            {"receiver": "namespace/name", "status": "resolved",
             "alerts": [
              {"status": "resolved", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-01T01:00:00Z",
               "generatorURL": "https://example.com/1", "fingerprint": "0000000000000001",
               "labels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
                "severity": "critical", "instance": "a:1"},
               "annotations": {"summary": "a summary", "description": "a description"}}],
             "groupLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample"},
             "commonLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
              "severity": "critical", "instance": "a:1"},
             "commonAnnotations": {"summary": "a summary", "description": "a description"},
             "externalURL": "https://alertmanager.example.com"}
            """),

    /** As in a bad night: loops in loops, which write little of two alerts, write more than Alertmanager has memory for. */
    MANY(" when there are a hundred alerts", """
            {"receiver": "namespace/name", "status": "firing", "alerts": [%s],
             "groupLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample"},
             "commonLabels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
              "severity": "critical"},
             "commonAnnotations": {"summary": "a summary"},
             "externalURL": "https://alertmanager.example.com"}
            """.formatted(
                    IntStream.range(0, 100).mapToObj("""
             {"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
              "generatorURL": "https://example.com/1", "fingerprint": "%016x",
              "labels": {"alertname": "Sample", "tocsin_namespace": "namespace", "tocsin_rule": "sample",
               "severity": "critical", "instance": "a:%<d"},
              "annotations": {"summary": "a summary", "description": "a description"}}"""::formatted).collect(Collectors.joining(","))));

    /**
     * What makes it depend on the alerts whether a template fails: a branch, or a function that wants as many items or
     * characters as it is told. A call of amtool takes some ten milliseconds; most templates need but one.
     */
    private static final Pattern DEPENDS_ON_ALERTS =
            Pattern.compile("\\b(if|else|with|range|and|or|index|slice|match|reReplaceAll|call)\\b");

    private static final Pattern LOOP_AND_LOOP = Pattern.compile("(?s)\\brange\\b.*\\brange\\b");

    private final String when;
    private final String data;

    TemplateSample(String when, String data) {
        this.when = when;
        this.data = data;
    }

    /** Those with which this template is to be tried: none where there is nothing to execute. */
    static List<TemplateSample> of(TemplateText template, ContactPointFragment contactPoint) {
        if (!template.isTemplate()) {
            return List.of();
        }
        if (!DEPENDS_ON_ALERTS.matcher(template.text()).find()) {
            return List.of(USUAL);
        }
        return Stream.of(values())
                .filter(sample -> sample != RESOLVED || contactPoint.tellsOfResolved(template))
                .filter(sample ->
                        sample != MANY || LOOP_AND_LOOP.matcher(template.text()).find())
                .toList();
    }

    /** Which alerts these are, for a sentence to go on with. */
    String when() {
        return when;
    }

    /** JSON. */
    String data() {
        return data;
    }
}
