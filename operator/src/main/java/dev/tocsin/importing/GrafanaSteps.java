package dev.tocsin.importing;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far apart the points of a range query are, and what the variables in its text stand for, as Grafana v12 works
 * them out for Prometheus (pkg/promlib/models/query.go, gtime of its plugin SDK).
 *
 * @param stepMillis from one point to the next
 * @param rangeSeconds how far back the query goes
 * @param rateMillis what $__rate_interval stands for
 * @param assumesScrapeInterval whether that depends on the datasource's scrape interval, which a rule does not say
 */
record GrafanaSteps(long stepMillis, long rangeSeconds, long rateMillis, boolean assumesScrapeInterval) {
    private static final long DEFAULT_INTERVAL_MILLIS = 1000;
    private static final long DEFAULT_MAX_POINTS = 43_200;
    private static final long SAFE_POINTS = 11_000;
    private static final long SCRAPE_MILLIS = 15_000;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern RATE_VARIABLE = Pattern.compile("\\$\\{?__rate_interval(_ms)?}?");

    /** Durations up to which a step is rounded down to another one, both in milliseconds. */
    private static final long[][] ROUNDED = {
        {10, 1},
        {15, 10},
        {35, 20},
        {75, 50},
        {150, 100},
        {350, 200},
        {750, 500},
        {1500, 1000},
        {3500, 2000},
        {7500, 5000},
        {12_500, 10_000},
        {17_500, 15_000},
        {25_000, 20_000},
        {45_000, 30_000},
        {90_000, 60_000},
        {210_000, 120_000},
        {450_000, 300_000},
        {750_000, 600_000},
        {1_050_000, 900_000},
        {1_500_000, 1_200_000},
        {2_700_000, 1_800_000},
        {5_400_000, 3_600_000},
        {9_000_000, 7_200_000},
        {16_200_000, 10_800_000},
        {32_400_000, 21_600_000},
        {86_400_000, 43_200_000},
        {604_800_000, 86_400_000},
    };

    private static final long LONGEST_MILLIS = 604_800_000;

    /**
     * Works it out.
     *
     * @param model of the query: interval, intervalMs, maxDataPoints, intervalFactor
     */
    static GrafanaSteps of(Tree model, long rangeSeconds) throws NotCarriedOver {
        long intervalMillis = number(model, "intervalMs", DEFAULT_INTERVAL_MILLIS);
        Optional<Long> own = ownInterval(model);
        long least = own.orElse(intervalMillis);
        long rangeMillis = rangeSeconds * 1000;
        long calculated = rangeMillis / number(model, "maxDataPoints", DEFAULT_MAX_POINTS);
        long wanted = calculated < least ? least : rounded(calculated);
        long step = Math.max(wanted, rounded(rangeMillis / SAFE_POINTS)) * number(model, "intervalFactor", 1);
        long scrape = own.orElse(SCRAPE_MILLIS);
        return new GrafanaSteps(step, rangeSeconds, Math.max(intervalMillis + scrape, 4 * scrape), own.isEmpty());
    }

    /** The least step that the query sets for itself; &gt; before it is a habit of old dashboards. */
    private static Optional<Long> ownInterval(Tree model) throws NotCarriedOver {
        String interval = model.text("interval").orElse("").replace("<", "").replace(">", "");
        if (RATE_VARIABLE.matcher(interval).matches()) {
            throw new NotCarriedOver(
                    model.get("interval").orElse(model),
                    "points every " + interval + " depend on the datasource's scrape interval; give a number");
        }
        if (interval.isEmpty() || interval.equals("0s") || interval.contains("__interval")) {
            return Optional.empty();
        }
        return Optional.of(Durations.millis(DIGITS.matcher(interval).matches() ? interval + "s" : interval)
                .filter(millis -> millis > 0)
                .orElseThrow(() -> new NotCarriedOver(
                        model.get("interval").orElse(model), "\"" + interval + "\" is no duration")));
    }

    /** A number, or the default where there is none, or zero. */
    private static long number(Tree model, String field, long otherwise) throws NotCarriedOver {
        Optional<Tree> given = model.get(field);
        if (given.isEmpty()) {
            return otherwise;
        }
        try {
            long number = (long) Double.parseDouble(given.get().text());
            return number > 0 ? number : otherwise;
        } catch (NumberFormatException e) {
            throw new NotCarriedOver(given.get(), field + " is no number");
        }
    }

    private static long rounded(long millis) {
        for (long[] pair : ROUNDED) {
            if (millis <= pair[0]) {
                return pair[1];
            }
        }
        return LONGEST_MILLIS;
    }

    boolean usesRate(String expr) {
        return RATE_VARIABLE.matcher(expr).find();
    }

    /** A query's text with what its variables stand for. */
    String filledIn(String expr) {
        String text = expr;
        for (Map.Entry<String, String> variable : Map.of(
                        "interval_ms", String.valueOf(stepMillis),
                        "interval", Durations.text(stepMillis),
                        "range_ms", String.valueOf(rangeSeconds * 1000),
                        "range_s", String.valueOf(rangeSeconds),
                        "range", rangeSeconds + "s",
                        "rate_interval_ms", String.valueOf(rateMillis),
                        "rate_interval", Durations.text(rateMillis))
                .entrySet()) {
            text = text.replace("${__" + variable.getKey() + "}", variable.getValue())
                    .replaceAll("\\$__" + variable.getKey() + "(?![A-Za-z0-9_])", variable.getValue());
        }
        return text;
    }
}
