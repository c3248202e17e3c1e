package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user asks of one contact point. */
@JsonClassDescription("Where notifications are sent.")
public record ContactPointSpec(
        @JsonPropertyDescription(
                "Where to send: every notification goes to each of them. An empty list tells nobody, for"
                        + " alerts that somebody else looks at.")
        @Required
        @Size(max = 32)
        List<Receiver> receivers,

        @JsonPropertyDescription("Files of define blocks for the templates of these receivers. No other contact point"
                + " sees them. Default: none.")
        @Size(max = 8)
        @Nullable
        List<TemplateFile> templates,

        @JsonPropertyDescription(
                "Which other namespaces' policies may send here. Default: none, only policies of the same"
                        + " namespace may.")
        @Nullable
        AllowFrom allowFrom) {}
