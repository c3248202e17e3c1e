package dev.tocsin.observe;

import dev.tocsin.api.v1alpha1.Hold;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the alerts of one AlertRule go, as Alertmanager says.
 *
 * @param contactPoints namespace/name of those that are being told now, sorted
 * @param all the same with those for whom an alert is held back: silenced, inhibited or muted
 * @param someReachNobody whether an alert goes to nobody at all
 * @param alerts each alert by its labels, written as in {@link SeenAlert}
 */
public record SentTo(
        List<String> contactPoints, List<String> all, boolean someReachNobody, Map<Map<String, String>, Way> alerts) {

    /**
     * Where one alert goes.
     *
     * @param contactPoints namespace/name of those that are told of it now, sorted
     * @param holds why others are not
     */
    public record Way(List<String> contactPoints, SortedSet<Hold> holds) {}

    /** Where this alert goes; null when Alertmanager does not have it. */
    public @Nullable Way of(SeenAlert alert) {
        return alerts.get(alert.labels());
    }
}
