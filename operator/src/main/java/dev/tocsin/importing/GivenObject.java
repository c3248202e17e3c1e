package dev.tocsin.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.ObjectKey;

/** One of Tocsin's objects that somebody gives, and where each of its fields stands. */
public record GivenObject(Tree tree, String kind, ObjectKey key) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Kind, namespace and name, as messages call it. */
    public String name() {
        return kind + " " + key;
    }

    /**
     * The spec as the compilers take it; fields that there are not are passed over.
     *
     * @throws JsonProcessingException when it is of another shape
     */
    public <T> T spec(Class<T> type) throws JsonProcessingException {
        return read(tree.json().path("spec"), type);
    }

    /** A spec of which parts were taken out. */
    public static <T> T read(JsonNode spec, Class<T> type) throws JsonProcessingException {
        return JSON.treeToValue(spec, type);
    }
}
