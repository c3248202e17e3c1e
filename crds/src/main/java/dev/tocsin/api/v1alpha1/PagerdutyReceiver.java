package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An incident in PagerDuty: exactly one of routingKey (Events API v2) and serviceKey (integration type Prometheus). */
@ValidationRule(
        value = "[has(self.routingKey), has(self.serviceKey)].filter(set, set).size() == 1",
        message = "set exactly one of routingKey (Events API v2) and serviceKey (integration type Prometheus)")
public record PagerdutyReceiver(
        @JsonPropertyDescription("The integration's key, of type Events API v2. Either this or serviceKey.") @Nullable
        SecretSource routingKey,

        @JsonPropertyDescription("The integration's key, of type Prometheus. Either this or routingKey.") @Nullable
        SecretSource serviceKey,

        @JsonPropertyDescription("URL of the Events API v2. Default: https://events.pagerduty.com/v2/enqueue.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String url,

        @JsonPropertyDescription("Name of the sender, a template. Default: the Alertmanager's.")
        @Size(max = 1024)
        @Nullable
        String client,

        @JsonPropertyDescription("URL that leads back to the sender, a template. Default: the Alertmanager's page.")
        @Size(max = 2048)
        @Nullable
        String clientUrl,

        @JsonPropertyDescription("What the incident is about, a template. Default: the Alertmanager's.")
        @Size(max = 4096)
        @Nullable
        String description,

        @JsonPropertyDescription("Severity, a template: critical, error, warning or info. Default: error.")
        @Size(max = 1024)
        @Nullable
        String severity,

        @JsonPropertyDescription("Class of the event, a template. Default: none.") @Size(max = 1024) @Nullable
        String classType,

        @JsonPropertyDescription("Component that is affected, a template. Default: none.") @Size(max = 1024) @Nullable
        String component,

        @JsonPropertyDescription("Group of components, a template. Default: none.") @Size(max = 1024) @Nullable
        String group,

        @JsonPropertyDescription("What the event comes from, a template. Default: client.") @Size(max = 1024) @Nullable
        String source,

        @JsonPropertyDescription(
                "Further facts by name. Values are templates; what they give is read as YAML, so that JSON becomes an object. Default: the firing and resolved alerts and their numbers.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "details: each name must have at most 128 characters")
        @Nullable
        Map<String, @Size(max = 4096) String> details,

        @JsonPropertyDescription("Pictures in the incident. Default: none.") @Size(max = 16) @Nullable
        List<Image> images,

        @JsonPropertyDescription("Links in the incident. Default: none.") @Size(max = 16) @Nullable
        List<Link> links,

        @JsonPropertyDescription(
                "How long the server may take to answer; 0 is without limit. Default: 0. Example: 10s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String timeout,

        @JsonPropertyDescription("Whether to resolve the incident when the alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {

    /** A picture in an incident. */
    public record Image(
            @JsonPropertyDescription("URL of the picture, a template.") @Required @Size(min = 1, max = 2048)
            String src,

            @JsonPropertyDescription("Text in place of the picture, a template. Default: none.")
            @Size(max = 1024)
            @Nullable
            String alt,

            @JsonPropertyDescription("URL that the picture leads to, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String href) {}

    /** A link in an incident. */
    public record Link(
            @JsonPropertyDescription("URL of the link, a template.") @Required @Size(min = 1, max = 2048)
            String href,

            @JsonPropertyDescription("Text of the link, a template. Default: the URL.") @Size(max = 1024) @Nullable
            String text) {}
}
