package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.observe.SendCounters.Sender;
import java.util.List;
import java.util.Map;

/**
 * What all Alertmanager members together say.
 *
 * @param isKnown whether any member has answered since the operator started
 * @param alerts labels of every alert that has not ended
 * @param sentTo for each AlertRule with alerts: where they go
 * @param health whether each sender's notifications arrive; one that has not sent anything is absent
 * @param notMade as {@link DeliveryHealth#notMade} has it; it only grows
 */
public record DeliveryPicture(
        boolean isKnown,
        List<Map<String, String>> alerts,
        Map<ObjectKey, SentTo> sentTo,
        Map<Sender, Health> health,
        Map<Sender, Long> notMade) {

    /** Before the first answer. */
    static final DeliveryPicture UNKNOWN = new DeliveryPicture(false, List.of(), Map.of(), Map.of(), Map.of());
}
