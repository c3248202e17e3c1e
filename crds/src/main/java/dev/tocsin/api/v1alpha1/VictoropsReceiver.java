package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An incident in Splunk On-Call, formerly VictorOps. */
public record VictoropsReceiver(
        @JsonPropertyDescription("Key of the REST integration.") @Required
        SecretSource apiKey,

        @JsonPropertyDescription(
                "URL of the REST integration without key. Default: https://alert.victorops.com/integrations/generic/20131114/alert/.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription("Routing key, a template.") @Required @Size(min = 1, max = 256)
        String routingKey,

        @JsonPropertyDescription("Behaviour while firing, a template: CRITICAL, WARNING or INFO. Default: CRITICAL.")
        @Size(max = 1024)
        @Nullable
        String messageType,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String stateMessage,

        @JsonPropertyDescription("What the incident is about, a template. Default: the Alertmanager's.")
        @Size(max = 4096)
        @Nullable
        String entityDisplayName,

        @JsonPropertyDescription("Name of the sender, a template. Default: the Alertmanager's.")
        @Size(max = 1024)
        @Nullable
        String monitoringTool,

        @JsonPropertyDescription("Further fields by name; values are templates. Default: none.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "customFields: each name must have at most 128 characters")
        @ValidationRule(
                value =
                        "self.all(name, !(name in ['routing_key', 'message_type', 'state_message', 'entity_display_name', 'monitoring_tool', 'entity_id', 'entity_state']))",
                message = "customFields: a name is one of the message's own fields; choose another")
        @Nullable
        Map<String, @Size(max = 4096) String> customFields,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
