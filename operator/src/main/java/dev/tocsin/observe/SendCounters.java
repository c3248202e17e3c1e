package dev.tocsin.observe;

import java.util.Map;

/**
 * What one Alertmanager member has counted for one kind of integration of one receiver since it started.
 *
 * @param requests attempts to send
 * @param failedRequests those of them that failed; a failed attempt may be tried again
 * @param lost notifications given up, by Alertmanager's reason
 */
public record SendCounters(double requests, double failedRequests, Map<String, Double> lost) {

    static final SendCounters ZERO = new SendCounters(0, 0, Map.of());

    /**
     * Which counters these are.
     *
     * @param receiver Alertmanager's name of the receiver
     * @param integration kind of it, for example slack: Alertmanager v0.31.1 does not count several of a kind apart
     */
    public record Sender(String receiver, String integration) {}

    double succeeded() {
        return requests - failedRequests;
    }
}
