package dev.tocsin.publish;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.PolicyFragment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The last good version of every object, kept beside the configuration that is made of them: so that an edit that is
 * refused harms nothing, also when the operator has restarted since.
 */
public record LiveFragments(List<ContactPointFragment> contactPoints, List<PolicyFragment> policies) {
    public static final LiveFragments NONE = new LiveFragments(List.of(), List.of());

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** As it is kept: JSON, compressed. The same fragments give the same bytes. */
    public byte[] toBytes() {
        try {
            return Gzip.compressed(JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UncheckedIOException("lists of records cannot fail to be written", e);
        }
    }

    /**
     * Reads back what was kept.
     *
     * @throws IllegalArgumentException if it is not what this version wrote
     */
    public static LiveFragments read(byte[] bytes) {
        if (bytes.length == 0) {
            return NONE;
        }
        try {
            return JSON.readValue(Gzip.plain(bytes), LiveFragments.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("the kept fragments cannot be read: " + e.getMessage(), e);
        }
    }
}
