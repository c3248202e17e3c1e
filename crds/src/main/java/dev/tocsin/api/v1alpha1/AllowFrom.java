package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which other namespaces' policies may send to this contact point. */
public record AllowFrom(
        @JsonPropertyDescription(
                "Names of the namespaces whose policies may send to this contact point. Its own namespace"
                        + " always may. Default: none. Example: [shop, billing].")
        @Size(max = 256)
        @Nullable
        List<@Size(min = 1, max = 63) @Pattern(Syntax.DNS_LABEL) String> namespaces,

        @JsonPropertyDescription(
                "Labels of the namespaces whose policies may send to this contact point, beside those named. An empty"
                        + " selector allows every namespace. Default: none.")
        @Nullable
        NamespaceSelector namespaceSelector) {}
