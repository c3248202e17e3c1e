package dev.tocsin.observe;

import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * An alert as Alertmanager has it and routes it.
 *
 * @param sentAt when it was sent to Alertmanager last
 * @param receivers Alertmanager's names of those that it goes to
 * @param told those of them that are told of it now
 * @param holds why the others are not
 */
public record RoutedAlert(Alert alert, Instant sentAt, Set<String> receivers, Set<String> told, Set<Hold> holds) {

    public Map<String, String> labels() {
        return alert.labels();
    }

    /**
     * Whether it should have been sent again long ago: half of the time that it lasts is over. An evaluator (vmalert v1.150.0)
     * sends every alert at each evaluation, to last for four.
     */
    boolean fades(Instant now) {
        Duration lasts = Duration.between(sentAt, alert.endsAt());
        return now.isAfter(sentAt.plus(lasts.dividedBy(2)));
    }
}
