package dev.tocsin.publish;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where Alertmanager's configuration is kept, and from where its pods mount it. */
public interface ConfigurationStore {

    /** What is kept now; empty when nothing ever was. */
    Optional<Content> read();

    /** Replaces what is kept. */
    void write(Content content);

    /**
     * What is kept.
     *
     * @param yaml the file that Alertmanager loads
     * @param live the fragments that the file is made of, for the operator's next start: JSON, compressed
     */
    record Content(String yaml, byte[] live) {

        /** Size of both. */
        public int bytes() {
            return yaml.getBytes(StandardCharsets.UTF_8).length + live.length;
        }
    }
}
