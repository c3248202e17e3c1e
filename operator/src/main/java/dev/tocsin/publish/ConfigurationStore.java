package dev.tocsin.publish;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Where Alertmanager's configuration is kept, and from where its pods mount it. */
public interface ConfigurationStore {

    /** What is kept now; empty when nothing ever was. */
    Optional<Content> read();

    /** Replaces what is kept. */
    void write(Content content);

    /**
     * What is kept.
     *
     * @param yaml the file that Alertmanager loads; empty when only the fragments are there
     * @param live the fragments that the file is made of, for the operator's next start: JSON, compressed
     */
    record Content(String yaml, byte[] live) {

        /**
         * Room for the text: what Alertmanager needs to load it, in memory and time, grows with it, and text that says
         * the same again and again would be nothing once compressed.
         */
        static final int TEXT_CAPACITY = 5_000_000;

        /** Room for each of what is kept, compressed: a Secret holds 1 MiB. */
        static final int SECRET_CAPACITY = 1_000_000;

        /** The share of the room that is used, of whichever is used most; above 1 it cannot be kept. */
        public double filled() {
            byte[] text = text();
            return DoubleStream.of(
                            (double) text.length / TEXT_CAPACITY,
                            (double) Gzip.compressed(text).length / SECRET_CAPACITY,
                            (double) live.length / SECRET_CAPACITY)
                    .max()
                    .orElseThrow();
        }

        byte[] text() {
            return yaml.getBytes(StandardCharsets.UTF_8);
        }

        /** Whether both hold the same. */
        public boolean isSame(Content other) {
            return yaml.equals(other.yaml) && Arrays.equals(live, other.live);
        }
    }
}
