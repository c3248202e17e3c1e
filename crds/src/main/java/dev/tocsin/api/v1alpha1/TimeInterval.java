package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span of time: every field that is set must hold. Ranges as Alertmanager writes them, for example monday:friday. */
@ValidationRule(
        value = "has(self.times) || has(self.weekdays) || has(self.daysOfMonth) || has(self.months) || has(self.years)",
        message =
                "set at least one of times, weekdays, daysOfMonth, months and years; without any it would hold always")
@ValidationRule(
        value = "!(has(self.times) && (has(self.daysOfMonth) || has(self.months) || has(self.years)) &&"
                + " self.times.exists(range, range.to < range.from && range.to != '00:00'))",
        message = "a range over midnight cannot be combined with daysOfMonth, months or years; write two intervals, one"
                + " up to 24:00 and one from 00:00")
public record TimeInterval(
        @JsonPropertyDescription("Times of day; it is enough that one holds. Default: the whole day.")
        @Size(min = 1, max = 10)
        @Nullable
        List<TimeOfDayRange> times,

        @JsonPropertyDescription(
                "Weekdays or ranges of them, in lower case. Default: every day. Example: [monday:friday].")
        @Size(min = 1, max = 7)
        @Nullable
        List<@Size(max = 19) @Pattern(Syntax.WEEKDAYS) String> weekdays,

        @JsonPropertyDescription("Days of the month or ranges of them, 1 to 31; -1 is the last day. Default: every day."
                + " Example: [\"1:7\", \"-1\"].")
        @Size(min = 1, max = 31)
        @Nullable
        List<@Size(max = 7) @Pattern(Syntax.DAYS_OF_MONTH) String> daysOfMonth,

        @JsonPropertyDescription("Months or ranges of them, by name in lower case or by number. Default: every month."
                + " Example: [june:august, \"12\"].")
        @Size(min = 1, max = 12)
        @Nullable
        List<@Size(max = 19) @Pattern(Syntax.MONTHS) String> months,

        @JsonPropertyDescription("Years or ranges of them. Default: every year. Example: [\"2027:2029\"].")
        @Size(min = 1, max = 10)
        @Nullable
        List<@Size(max = 9) @Pattern(Syntax.YEARS) String> years,

        @JsonPropertyDescription("Time zone of the IANA database in which the interval is meant. Default: UTC. Example:"
                + " Europe/Berlin.")
        @Size(min = 1, max = 64)
        @Pattern(Syntax.LOCATION)
        @Nullable
        String location) {

    /** From (inclusive) to (exclusive), each HH:MM; to may be 24:00. Past midnight when to is before from. */
    @ValidationRule(
            value = "self.from != self.to",
            message = "from and to must differ; the whole day is from 00:00 to 24:00")
    public record TimeOfDayRange(
            @JsonPropertyDescription("When it begins, HH:MM, 00:00 to 23:59. Example: \"22:00\".")
            @Required
            @Size(max = 5)
            @Pattern(Syntax.TIME_OF_DAY)
            String from,

            @JsonPropertyDescription(
                    "When it ends, HH:MM, 00:00 to 24:00, itself not included. A time before from is on the"
                            + " day after. Example: \"06:00\".")
            @Required
            @Size(max = 5)
            @Pattern(Syntax.END_TIME_OF_DAY)
            String to) {}
}
