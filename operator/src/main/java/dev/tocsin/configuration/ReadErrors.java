package dev.tocsin.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** Says what cannot be read in terms of the file: which field, what is wrong, what to write. */
public final class ReadErrors {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ReadErrors() {}

    /** The field's path, what is wrong with it, and what to write; of a whole file when no field is at fault. */
    public static String explain(JsonProcessingException error) {
        return switch (error) {
            case JsonMappingException e
            when e.getCause() instanceof InvalidConfigurationException invalid ->
                below(path(e), String.valueOf(invalid.getMessage()));
            case UnrecognizedPropertyException e ->
                path(e) + ": there is no such field; there are " + join(e.getKnownPropertyIds());
            case InvalidFormatException e
            when e.getTargetType().isEnum() ->
                path(e) + ": \"" + e.getValue() + "\" is not known; use one of "
                        + join(Arrays.stream(e.getTargetType().getEnumConstants())
                                .map(value -> JSON.convertValue(value, String.class))
                                .toList());
            case MismatchedInputException e
            when !e.getPath().isEmpty() -> path(e) + ": must be " + expected(e.getTargetType());
            case JsonMappingException e when !e.getPath().isEmpty() -> path(e) + ": " + e.getOriginalMessage();
            case JsonMappingException e -> "the file: must be a mapping with fields";
            default -> "the file: is not YAML: " + error.getMessage();
        };
    }

    private static String expected(Class<?> type) {
        if (type == Double.class) {
            return "a number";
        }
        if (Number.class.isAssignableFrom(type)) {
            return "a whole number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "a mapping with fields";
    }

    private static String path(JsonMappingException e) {
        StringBuilder result = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                result.append('[').append(step.getIndex()).append(']');
            } else {
                result.append(result.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return result.toString();
    }

    /** A message that begins with a colon is about the object as a whole. */
    private static String below(String path, String message) {
        return path.isEmpty() || message.startsWith(":") ? path + message : path + "." + message;
    }

    private static String join(Collection<?> values) {
        return values.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }
}
