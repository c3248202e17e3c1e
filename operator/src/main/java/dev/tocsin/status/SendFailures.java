package dev.tocsin.status;

import dev.tocsin.observe.DeliveryHealth;
import dev.tocsin.observe.SendCounters;

/**
 * Alertmanager's reasons for which notifications fail (v0.31.1, notify/util.go) as sentences. Its own words about a
 * single failure are in its log: they may quote what another namespace must not see.
 */
public final class SendFailures {
    private SendFailures() {}

    /**
     * The reason in words.
     *
     * @param integration kind and position of the receiver, for example slack/0
     * @param reason as {@link DeliveryHealth.Health} has it
     */
    public static String explanation(String integration, String reason) {
        String kind = integration.substring(0, integration.indexOf('/'));
        return SendCounters.TRY_AGAIN.contains(kind)
                ? explanation(reason) + ". For " + kind + " a template that fails on the alerts looks the same"
                : explanation(reason);
    }

    private static String explanation(String reason) {
        return switch (reason) {
            case "clientError" -> "the other side refuses notifications (HTTP 4xx); they are not tried again";
            case "serverError" -> "the other side fails (HTTP 5xx)";
            case "contextDeadlineExceeded" -> "no attempt succeeded in time";
            case DeliveryHealth.STILL_TRYING -> "attempts fail and are repeated";
            case SendCounters.NOT_MADE ->
                "no message could be made of the alerts, most likely since a template fails on them; they are not tried"
                        + " again. Alertmanager's log names the place";
            default -> "the other side cannot be reached; see Alertmanager's log";
        };
    }
}
