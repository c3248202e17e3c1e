package dev.tocsin.compile.delivery;

import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.TimeInterval;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns the time intervals of a policy into Alertmanager's, which know neither a night (22:00 to 06:00) nor a long
 * weekend (friday:monday): ranges that wrap are split here.
 *
 * <p>Limits are those of Alertmanager v0.31.1, timeinterval/timeinterval.go.
 */
final class TimeIntervals {
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]|24:00");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,4}");
    private static final String MIDNIGHT = "00:00";
    private static final String END_OF_DAY = "24:00";
    private static final List<String> WEEKDAYS =
            List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");
    private static final List<String> MONTHS = List.of(
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december");
    private static final int LAST_DAY = 31;
    private static final int SHORTEST_MONTH = 28;

    private final Objections objections;

    TimeIntervals(Objections objections) {
        this.objections = objections;
    }

    /** One or two of Alertmanager's intervals: two when a night must end on the weekday after. */
    List<Map<String, Object>> compile(String path, @Nullable TimeInterval interval) {
        if (interval == null || setsNothing(interval)) {
            objections.invalid(path, "sets nothing, which would hold at any time; give times, weekdays or dates");
            return List.of();
        }
        List<Map<String, String>> sameDay = new ArrayList<>();
        List<Map<String, String>> nextDay = new ArrayList<>();
        times(path + ".times", listOf(interval.times()), sameDay, nextDay);
        SortedSet<Integer> weekdays = weekdays(path + ".weekdays", listOf(interval.weekdays()));

        Map<String, Object> dates = new LinkedHashMap<>();
        put(dates, "days_of_month", daysOfMonth(path + ".daysOfMonth", listOf(interval.daysOfMonth())));
        put(dates, "months", months(path + ".months", listOf(interval.months())));
        put(dates, "years", years(path + ".years", listOf(interval.years())));
        if (!nextDay.isEmpty() && !dates.isEmpty()) {
            objections.invalid(
                    path + ".times",
                    "a range over midnight cannot be combined with dates; write two intervals, one up to 24:00 and one"
                            + " from 00:00 with the dates of the day after");
        }
        if (interval.location() != null) {
            locationIsUnknown(path + ".location", interval.location());
            dates.put("location", interval.location());
        }
        if (nextDay.isEmpty()) {
            return List.of(item(sameDay, weekdays, dates));
        }
        if (weekdays.isEmpty()) {
            sameDay.addAll(nextDay);
            return List.of(item(sameDay, weekdays, dates));
        }
        return List.of(item(sameDay, weekdays, dates), item(nextDay, dayAfter(weekdays), dates));
    }

    private static boolean setsNothing(TimeInterval interval) {
        return listOf(interval.times()).isEmpty()
                && listOf(interval.weekdays()).isEmpty()
                && listOf(interval.daysOfMonth()).isEmpty()
                && listOf(interval.months()).isEmpty()
                && listOf(interval.years()).isEmpty();
    }

    private static Map<String, Object> item(
            List<Map<String, String>> times, SortedSet<Integer> weekdays, Map<String, Object> dates) {
        Map<String, Object> item = new LinkedHashMap<>();
        put(item, "times", times);
        put(item, "weekdays", weekdays.stream().map(WEEKDAYS::get).toList());
        item.putAll(dates);
        return item;
    }

    private static void put(Map<String, Object> item, String key, List<?> value) {
        if (!value.isEmpty()) {
            item.put(key, value);
        }
    }

    private void times(
            String path,
            List<TimeInterval.TimeOfDayRange> ranges,
            List<Map<String, String>> sameDay,
            List<Map<String, String>> nextDay) {
        for (int i = 0; i < ranges.size(); i++) {
            String from = ranges.get(i).from();
            String to = ranges.get(i).to();
            if (from == null || to == null || !TIME.matches(from) || !TIME.matches(to) || from.equals(END_OF_DAY)) {
                objections.invalid(path + "[" + i + "]", "needs from and to as HH:MM, 00:00 to 24:00");
            } else if (from.equals(to)) {
                objections.invalid(path + "[" + i + "]", "from and to are the same time; to is exclusive");
            } else if (from.compareTo(to) < 0) {
                sameDay.add(range(from, to));
            } else {
                sameDay.add(range(from, END_OF_DAY));
                if (!to.equals(MIDNIGHT)) {
                    nextDay.add(range(MIDNIGHT, to));
                }
            }
        }
    }

    private static Map<String, String> range(String from, String to) {
        Map<String, String> range = new LinkedHashMap<>();
        range.put("start_time", from);
        range.put("end_time", to);
        return range;
    }

    private SortedSet<Integer> weekdays(String path, List<String> ranges) {
        TreeSet<Integer> days = new TreeSet<>();
        for (int i = 0; i < ranges.size(); i++) {
            List<String> ends = ends(ranges.get(i));
            int begin = WEEKDAYS.indexOf(ends.getFirst());
            int end = WEEKDAYS.indexOf(ends.getLast());
            if (begin < 0 || end < 0) {
                objections.invalid(path + "[" + i + "]", "must be a weekday or a range such as monday:friday");
            } else {
                for (int day = begin; day != end; day = (day + 1) % WEEKDAYS.size()) {
                    days.add(day);
                }
                days.add(end);
            }
        }
        return days;
    }

    private static SortedSet<Integer> dayAfter(SortedSet<Integer> weekdays) {
        TreeSet<Integer> shifted = new TreeSet<>();
        weekdays.forEach(day -> shifted.add((day + 1) % WEEKDAYS.size()));
        return shifted;
    }

    private List<String> daysOfMonth(String path, List<String> ranges) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            List<String> ends = ends(ranges.get(i));
            if (!ends.stream().allMatch(TimeIntervals::isDayOfMonth) || isNeverADay(ends)) {
                objections.invalid(
                        path + "[" + i + "]",
                        "must be a day (1 to 31, or -31 to -1 counted from the month's end) or a range such as 1:7");
            } else {
                result.add(String.join(":", ends));
            }
        }
        return result;
    }

    private static boolean isDayOfMonth(String text) {
        return NUMBER.matches(text) && Integer.parseInt(text) != 0 && Math.abs(Integer.parseInt(text)) <= LAST_DAY;
    }

    private static boolean isNeverADay(List<String> ends) {
        int begin = Integer.parseInt(ends.getFirst());
        int end = Integer.parseInt(ends.getLast());
        if (begin < 0 && end > 0) {
            return true;
        }
        return (begin < 0 ? SHORTEST_MONTH + begin : begin) > (end < 0 ? SHORTEST_MONTH + end : end);
    }

    private List<String> months(String path, List<String> ranges) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            List<String> ends = ends(ranges.get(i));
            int begin = month(ends.getFirst());
            int end = month(ends.getLast());
            if (begin == 0 || end == 0) {
                objections.invalid(
                        path + "[" + i + "]", "must be a month, by name or number, or a range such as may:august");
            } else if (begin <= end) {
                result.add(range(begin, end));
            } else {
                result.add(range(begin, MONTHS.size()));
                result.add(range(1, end));
            }
        }
        return result;
    }

    private static int month(String text) {
        int named = MONTHS.indexOf(text) + 1;
        if (named > 0 || !NUMBER.matches(text)) {
            return named;
        }
        int number = Integer.parseInt(text);
        return number >= 1 && number <= MONTHS.size() ? number : 0;
    }

    private List<String> years(String path, List<String> ranges) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            List<String> ends = ends(ranges.get(i));
            if (!ends.stream().allMatch(NUMBER::matches)
                    || Integer.parseInt(ends.getFirst()) > Integer.parseInt(ends.getLast())) {
                objections.invalid(path + "[" + i + "]", "must be a year or a range such as 2026:2028");
            } else {
                result.add(String.join(":", ends));
            }
        }
        return result;
    }

    private static String range(int begin, int end) {
        return begin == end ? String.valueOf(begin) : begin + ":" + end;
    }

    /** Begin and end of a range; both the same when there is no colon; unusable words when there are several. */
    private static List<String> ends(@Nullable String text) {
        String[] parts =
                text == null ? new String[0] : text.toLowerCase(Locale.ROOT).split(":", -1);
        return switch (parts.length) {
            case 1 -> List.of(parts[0]);
            case 2 -> List.of(parts[0], parts[1]);
            default -> List.of("");
        };
    }

    private void locationIsUnknown(String path, String location) {
        if (!ZoneId.getAvailableZoneIds().contains(location)) {
            objections.invalid(path, "is not a time zone of the IANA database, for example Europe/Berlin or UTC");
        }
    }

    private static <T> List<T> listOf(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
