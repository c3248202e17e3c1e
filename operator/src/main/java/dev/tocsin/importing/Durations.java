package dev.tocsin.importing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** Durations as Go, Prometheus and VictoriaMetrics write them, all made into Prometheus' form. */
final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)");
    private static final Map<String, BigDecimal> MILLIS = Map.ofEntries(
            Map.entry("ns", new BigDecimal("0.000001")),
            Map.entry("us", new BigDecimal("0.001")),
            Map.entry("µs", new BigDecimal("0.001")),
            Map.entry("μs", new BigDecimal("0.001")),
            Map.entry("ms", BigDecimal.ONE),
            Map.entry("s", BigDecimal.valueOf(1000)),
            Map.entry("m", BigDecimal.valueOf(60_000)),
            Map.entry("h", BigDecimal.valueOf(3_600_000)),
            Map.entry("d", BigDecimal.valueOf(86_400_000)),
            Map.entry("w", BigDecimal.valueOf(7 * 86_400_000L)),
            Map.entry("y", BigDecimal.valueOf(365 * 86_400_000L)));
    private static final long MAX_MILLIS = 9_000_000_000_000L;
    private static final long[] UNITS = {86_400_000, 3_600_000, 60_000, 1000, 1};
    private static final String[] NAMES = {"d", "h", "m", "s", "ms"};

    private Durations() {}

    /** The duration in milliseconds; absent when it is none, or has parts of a millisecond. */
    static Optional<Long> millis(String text) {
        if (text.equals("0")) {
            return Optional.of(0L);
        }
        Matcher part = PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            BigDecimal number = new BigDecimal(part.group(1).endsWith(".") ? part.group(1) + "0" : part.group(1));
            sum = sum.add(number.multiply(MILLIS.getOrDefault(part.group(2), BigDecimal.ZERO)));
            end = part.end();
        }
        if (end == 0 || end < text.length() || sum.compareTo(BigDecimal.valueOf(MAX_MILLIS)) > 0) {
            return Optional.empty();
        }
        return sum.stripTrailingZeros().scale() > 0 ? Optional.empty() : Optional.of(sum.longValueExact());
    }

    /** The duration as Prometheus writes it: units in falling order, each once, whole numbers. */
    static Optional<String> prometheus(String text) {
        return millis(text.strip()).map(Durations::text);
    }

    /** A duration as Prometheus writes it. */
    static String text(long millis) {
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        long rest = millis;
        for (int unit = 0; unit < UNITS.length; unit++) {
            if (rest >= UNITS[unit]) {
                text.append(rest / UNITS[unit]).append(NAMES[unit]);
                rest %= UNITS[unit];
            }
        }
        return text.toString();
    }
}
