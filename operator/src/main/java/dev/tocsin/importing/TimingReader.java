package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads named time intervals as Alertmanager v0.31.1 and the objects of the operators write them, time_intervals and the
 * older mute_time_intervals.
 */
final class TimingReader {
    private static final KindSchema TIMING =
            KindSchema.ofSpec(Kind.NotificationPolicy).field("muteTimings").item();
    private static final int MAX_TIMINGS = 50;
    private static final Pattern SHORT_TIME = Pattern.compile("[0-9]:[0-5][0-9]");

    private final Harvest harvest;
    private final ArrayNode timings = JsonNodeFactory.instance.arrayNode();
    private final Map<String, String> names = new LinkedHashMap<>();

    TimingReader(Harvest harvest) {
        this.harvest = harvest;
    }

    /** What was read, spec.muteTimings. */
    ArrayNode timings() {
        return timings;
    }

    /** What the names became: ours are in lower case letters, digits and dashes. */
    Map<String, String> names() {
        return names;
    }

    void read(List<Tree> items) {
        for (Tree item : items) {
            Fields fields = Fields.of(item);
            fields.done("orgId", "provenance", "version");
            String name = fields.text("name").orElse("");
            ObjectNode timing = Harvest.mapping();
            timing.put("name", free(Names.slug(name), name));
            ArrayNode intervals = timing.putArray("intervals");
            fields.items("timeIntervals").forEach(interval -> intervals.add(interval(Fields.of(interval))));
            List<KindSchema.Violation> violations = TIMING.violations(timing);
            if (timings.size() == MAX_TIMINGS) {
                item.done();
                harvest.left(item, "time interval " + name, "a policy has at most " + MAX_TIMINGS + " of them");
            } else if (violations.isEmpty()) {
                timings.add(timing);
                names.put(name, timing.path("name").asText());
            } else {
                item.done();
                harvest.left(
                        item,
                        "time interval " + name,
                        violations.getFirst().path().substring(1) + " "
                                + violations.getFirst().problem());
            }
        }
    }

    private String free(String slug, String name) {
        return names.containsValue(slug) ? Names.withHash(slug, name) : slug;
    }

    private static ObjectNode interval(Fields fields) {
        ObjectNode interval = Harvest.mapping();
        ArrayNode times = JsonNodeFactory.instance.arrayNode();
        for (Tree item : fields.items("times")) {
            Fields range = Fields.of(item);
            ObjectNode time = times.addObject();
            time.put("from", time(range.text("startTime").orElse("")));
            time.put("to", time(range.text("endTime").orElse("")));
        }
        put(interval, "times", times);
        put(interval, "weekdays", ranges(fields, "weekdays"));
        put(interval, "daysOfMonth", ranges(fields, "daysOfMonth"));
        put(interval, "months", ranges(fields, "months"));
        put(interval, "years", ranges(fields, "years"));
        if (interval.isEmpty()) {
            // An interval that says nothing holds always.
            times.addObject().put("from", "00:00").put("to", "24:00");
            interval.set("times", times);
        }
        fields.text("location").ifPresent(location -> interval.put("location", location));
        return interval;
    }

    private static void put(ObjectNode interval, String field, ArrayNode values) {
        if (!values.isEmpty()) {
            interval.set(field, values);
        }
    }

    private static String time(String text) {
        return SHORT_TIME.matches(text) ? "0" + text : text;
    }

    private static ArrayNode ranges(Fields fields, String name) {
        List<String> ranges = new ArrayList<>();
        for (Tree item : fields.items(name)) {
            ranges.add(item.isMapping() ? range(Fields.of(item)) : item.text());
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        ranges.forEach(range -> array.add(range.toLowerCase(Locale.ROOT).replace(" ", "")));
        return array;
    }

    /** As prometheus-operator writes days of the month. */
    private static String range(Fields range) {
        String start = range.text("start").orElse("");
        Optional<String> end = range.text("end").filter(text -> !text.equals(start));
        return end.map(text -> start + ":" + text).orElse(start);
    }
}
