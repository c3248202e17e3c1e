package dev.tocsin.configuration;

import dev.tocsin.api.v1alpha1.Syntax;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can be wrong with one value of the configuration; each check throws a message that begins with the field. */
final class Checks {
    private Checks() {}

    static void that(boolean holds, String message) {
        if (!holds) {
            throw new InvalidConfigurationException(message);
        }
    }

    static <T> T present(String field, @Nullable T value) {
        that(value != null && !value.equals(""), field + ": is missing or empty; set it");
        return Objects.requireNonNull(value);
    }

    static void between(String field, int value, int least, int most) {
        that(value >= least && value <= most, field + ": is " + value + "; must be " + least + " to " + most);
    }

    /**
     * The value has a form of the API.
     *
     * @param form one of {@link Syntax}
     */
    static void matches(String field, @Nullable String value, String form) {
        matches(field, value, form, Objects.requireNonNull(Syntax.EXPLANATIONS.get(form)));
    }

    /**
     * The value has a form.
     *
     * @param explanation goes on from the value: must be …
     */
    static void matches(String field, @Nullable String value, String form, String explanation) {
        that(present(field, value).matches(form), field + ": \"" + value + "\" " + explanation);
    }

    /** The field url holds the base URL of a server, without credentials. */
    static void url(@Nullable String url, String example) {
        matches("url", url, "https?://[^\\s/]+(/\\S*)?", "must be an http or https URL such as " + example);
        that(
                !present("url", url).matches("https?://[^/]*@.*"),
                "url: must not hold credentials, they would be logged; use auth");
    }

    static void each(String field, List<String> values, String form) {
        each(field, values, form, Objects.requireNonNull(Syntax.EXPLANATIONS.get(form)));
    }

    static void each(String field, List<String> values, String form, String explanation) {
        for (int i = 0; i < values.size(); i++) {
            matches(field + "[" + i + "]", values.get(i), form, explanation);
        }
    }
}
