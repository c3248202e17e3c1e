package dev.tocsin.api.v1alpha1;

/** The rule that a ValueSource keeps when it holds a URL. Behind a reference only the operator can tell. */
final class Url {
    static final String RULE = "!has(self.value) || self.value.matches(r'^https?://[^\\s/]') && (isURL(self.value) ||"
            + " self.value.contains('{{'))";
    static final String MESSAGE = "value must be a URL that begins with http:// or https://";

    private Url() {}
}
