package dev.tocsin.publish;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What every Alertmanager member should have loaded. Those who load members wait here for news. */
public final class PublishedConfiguration {
    private static final int HASH_BYTES = 6;

    private @Nullable Revision latest;

    /**
     * One content of the configuration.
     *
     * @param sequence grows with every publication
     * @param hash as Alertmanager shows it once it has loaded this content
     */
    public record Revision(long sequence, double hash) {}

    /**
     * Records that a configuration has been written.
     *
     * @param yaml the exact text
     * @return its revision; the last one if the content is the same as before
     */
    public synchronized Revision published(String yaml) {
        double hash = hash(yaml);
        Revision previous = latest;
        if (previous != null && previous.hash() == hash) {
            return previous;
        }
        Revision next = new Revision(previous == null ? 1 : previous.sequence() + 1, hash);
        latest = next;
        notifyAll();
        return next;
    }

    /** The sequence of what is published; zero before the first. */
    public synchronized long latestSequence() {
        return latest == null ? 0 : latest.sequence();
    }

    /** Waits until there is a revision after this sequence, or until the time has passed. */
    public synchronized @Nullable Revision await(long sequence, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (latest == null || latest.sequence() <= sequence) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return latest;
    }

    /**
     * The value of Alertmanager's metric alertmanager_config_hash for a file: the first 48 bits of its MD5, little-endian
     * (v0.31.1, config/coordinator.go).
     */
    public static double hash(String yaml) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest(yaml.getBytes(StandardCharsets.UTF_8));
            byte[] padded = Arrays.copyOf(Arrays.copyOf(md5, HASH_BYTES), Long.BYTES);
            return ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
