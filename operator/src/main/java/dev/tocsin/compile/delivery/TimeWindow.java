package dev.tocsin.compile.delivery;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Says whether a time lies in intervals as {@link TimeIntervals} writes them, the way Alertmanager does (v0.31.1,
 * timeinterval/timeinterval.go).
 */
final class TimeWindow {
    private TimeWindow() {}

    /** Whether any of the intervals holds. */
    static boolean contains(List<?> intervals, Instant at) {
        return intervals.stream().anyMatch(interval -> holds((Map<?, ?>) interval, at));
    }

    private static boolean holds(Map<?, ?> interval, Instant at) {
        ZonedDateTime time =
                at.atZone(interval.get("location") instanceof String zone ? ZoneId.of(zone) : ZoneOffset.UTC);
        String clock = String.format(Locale.ROOT, "%02d:%02d", time.getHour(), time.getMinute());
        String weekday = time.getDayOfWeek().name().toLowerCase(Locale.ROOT);
        return isMet(interval, "times", range -> isBetween((Map<?, ?>) range, clock))
                && isMet(interval, "weekdays", weekday::equals)
                && isMet(interval, "days_of_month", range -> isDay((String) range, time))
                && isMet(interval, "months", range -> isBetween((String) range, time.getMonthValue()))
                && isMet(interval, "years", range -> isBetween((String) range, time.getYear()));
    }

    /** Whether the interval does not speak of it, or one of what it names holds. */
    private static boolean isMet(Map<?, ?> interval, String field, Predicate<Object> holds) {
        return !(interval.get(field) instanceof List<?> ranges)
                || ranges.stream().anyMatch(holds);
    }

    /** The end is exclusive; times of a day in this form sort as texts. */
    private static boolean isBetween(Map<?, ?> range, String clock) {
        return clock.compareTo((String) range.get("start_time")) >= 0
                && clock.compareTo((String) range.get("end_time")) < 0;
    }

    private static boolean isBetween(String range, int value) {
        return begin(range) <= value && value <= end(range);
    }

    /** Negative days count from the month's end. */
    private static boolean isDay(String range, ZonedDateTime time) {
        int length = time.toLocalDate().lengthOfMonth();
        int begin = fromTheFirst(begin(range), length);
        int end = fromTheFirst(end(range), length);
        return begin <= time.getDayOfMonth() && time.getDayOfMonth() <= end;
    }

    private static int fromTheFirst(int day, int length) {
        return day < 0 ? length + day + 1 : day;
    }

    private static int begin(String range) {
        return Integer.parseInt(range.substring(0, colon(range)));
    }

    private static int end(String range) {
        return Integer.parseInt(range.substring(range.indexOf(':') + 1));
    }

    private static int colon(String range) {
        return range.contains(":") ? range.indexOf(':') : range.length();
    }
}
