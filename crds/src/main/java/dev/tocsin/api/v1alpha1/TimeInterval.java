package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span of time: every field that is set must hold. Ranges as Alertmanager writes them, for example monday:friday. */
public record TimeInterval(
        @Nullable List<TimeOfDayRange> times,
        @Nullable List<String> weekdays,
        @Nullable List<String> daysOfMonth,
        @Nullable List<String> months,
        @Nullable List<String> years,
        @Nullable String location) {

    /** From (inclusive) to (exclusive), each HH:MM; to may be 24:00. */
    public record TimeOfDayRange(String from, String to) {}
}
