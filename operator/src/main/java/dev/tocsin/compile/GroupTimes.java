package dev.tocsin.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;

/**
 * The times of a compiled group.
 *
 * @param interval between two evaluations
 * @param longestFor how long a condition holds at most before one of the group's alerts fires
 */
public record GroupTimes(Duration interval, Duration longestFor) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Reads them.
     *
     * @param group one compiled group
     */
    public static GroupTimes of(String group) {
        try {
            JsonNode tree = JSON.readTree(group);
            Duration longest = Duration.ZERO;
            for (JsonNode rule : tree.path("rules")) {
                Duration duration = duration(rule.path("for"));
                longest = duration.compareTo(longest) > 0 ? duration : longest;
            }
            return new GroupTimes(duration(tree.path("interval")), longest);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a compiled group", e);
        }
    }

    private static Duration duration(JsonNode text) {
        return PromDuration.parse(text.asText("")).orElse(Duration.ZERO);
    }
}
