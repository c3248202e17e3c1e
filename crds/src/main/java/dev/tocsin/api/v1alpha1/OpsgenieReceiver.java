package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An alert in Opsgenie. */
public record OpsgenieReceiver(
        @JsonPropertyDescription("Key of an API integration.") @Required
        SecretSource apiKey,

        @JsonPropertyDescription(
                "URL of the API. Default: https://api.opsgenie.com/. Example: https://api.eu.opsgenie.com/.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription(
                "What the alert is about, a template; cut after 130 characters. Default: the Alertmanager's.")
        @Size(max = 4096)
        @Nullable
        String message,

        @JsonPropertyDescription("Description, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String description,

        @JsonPropertyDescription("What the alert comes from, a template. Default: the Alertmanager's page.")
        @Size(max = 1024)
        @Nullable
        String source,

        @JsonPropertyDescription(
                "Further facts by name; values are templates. The labels that all alerts share are always there. Default: none.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "details: each name must have at most 128 characters")
        @Nullable
        Map<String, @Size(max = 4096) String> details,

        @JsonPropertyDescription("What the alert is on, a template. Default: none.") @Size(max = 1024) @Nullable
        String entity,

        @JsonPropertyDescription("Who is told. Default: whom the integration names.") @Size(max = 50) @Nullable
        List<Responder> responders,

        @JsonPropertyDescription("Actions that the alert offers, templates. Default: none.") @Size(max = 32) @Nullable
        List<@Size(min = 1, max = 1024) String> actions,

        @JsonPropertyDescription("Tags of the alert, templates. Default: none.") @Size(max = 32) @Nullable
        List<@Size(min = 1, max = 1024) String> tags,

        @JsonPropertyDescription("Note on the alert, a template. Default: none.") @Size(max = 16384) @Nullable
        String note,

        @JsonPropertyDescription("Priority, a template: P1 to P5. Default: none, which Opsgenie takes for P3.")
        @Size(max = 1024)
        @Nullable
        String priority,

        @JsonPropertyDescription(
                "Whether later notifications change message and description of an alert that is open. Default: false.")
        @Nullable
        Boolean updateAlerts,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {

    /** Somebody who is told of an alert: at least one of id, name and username is set. */
    @ValidationRule(
            value = "has(self.id) || has(self.name) || has(self.username)",
            message = "set at least one of id, name and username")
    public record Responder(
            @JsonPropertyDescription("Id of the responder, a template.") @Size(max = 1024) @Nullable
            String id,

            @JsonPropertyDescription("Name of the responder, a template; with type teams a list with commas between.")
            @Size(max = 1024)
            @Nullable
            String name,

            @JsonPropertyDescription("User name of the responder, a template.") @Size(max = 1024) @Nullable
            String username,

            @JsonPropertyDescription(
                    "What the responder is: team, teams, user, escalation or schedule; or a template that gives one.")
            @Required
            @Size(min = 1, max = 256)
            @Pattern(Syntax.RESPONDER_TYPE)
            String type) {}
}
