package dev.tocsin.compile;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations in Prometheus syntax (5m, 1h30m, 1d): the CRDs admit only this form, in falling order of units. As there,
 * the number of digits is bounded, so that no sum overflows the engines' 64-bit nanoseconds.
 */
public final class PromDuration {
    private static final Pattern FORM =
            Pattern.compile("(?:([0-9]{1,2})y)?(?:([0-9]{1,3})w)?(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?"
                    + "(?:([0-9]{1,8})s)?(?:([0-9]{1,9})ms)?");
    private static final long[] UNIT_MILLIS = {
        365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
    };

    private PromDuration() {}

    /** The duration, or empty when the text does not have the form. */
    public static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher matcher = FORM.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return Optional.empty();
        }
        long millis = 0;
        for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
            String count = matcher.group(unit + 1);
            if (count != null) {
                millis += Long.parseLong(count) * UNIT_MILLIS[unit];
            }
        }
        return Optional.of(Duration.ofMillis(millis));
    }
}
