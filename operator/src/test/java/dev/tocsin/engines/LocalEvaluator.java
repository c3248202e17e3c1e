package dev.tocsin.engines;

import java.util.ArrayList;
import java.util.List;

/** How a shard's Deployment runs vmalert, put on this machine. */
public final class LocalEvaluator {
    private LocalEvaluator() {}

    /**
     * The flags of a Deployment, with what is an address or a path replaced.
     *
     * @param flags the container's arguments
     * @param rules pattern of the rule files
     * @param address host:port to listen on
     * @param notifierUrl the only notifier
     */
    public static List<String> flags(List<String> flags, String rules, String address, String notifierUrl) {
        List<String> result = new ArrayList<>();
        for (String flag : flags) {
            if (flag.startsWith("-rule=")) {
                result.add("-rule=" + rules);
            } else if (flag.startsWith("-httpListenAddr=")) {
                result.add("-httpListenAddr=" + address);
            } else if (!flag.startsWith("-notifier.url=")) {
                result.add(flag);
            }
        }
        result.add("-notifier.url=" + notifierUrl);
        return result;
    }
}
