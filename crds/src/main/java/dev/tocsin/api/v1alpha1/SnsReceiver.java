package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message to Amazon SNS: exactly one of topicArn, targetArn and phoneNumber. */
@ValidationRule(
        value = "[has(self.topicArn), has(self.targetArn), has(self.phoneNumber)].filter(set, set).size() == 1",
        message = "set exactly one of topicArn, targetArn and phoneNumber")
public record SnsReceiver(
        @JsonPropertyDescription("URL of SNS, a template. Default: that of the region.") @Size(max = 2048) @Nullable
        String apiUrl,

        @JsonPropertyDescription("Whom AWS is called as.") @Required
        Sigv4 sigv4,

        @JsonPropertyDescription("ARN of the topic, a template. Example: arn:aws:sns:eu-central-1:123456789012:alerts.")
        @Size(max = 2048)
        @Nullable
        String topicArn,

        @JsonPropertyDescription("ARN of a mobile endpoint, a template.") @Size(max = 2048) @Nullable
        String targetArn,

        @JsonPropertyDescription("Phone number for a text message, a template. Example: \"+491701234567\".")
        @Size(max = 256)
        @Nullable
        String phoneNumber,

        @JsonPropertyDescription(
                "Subject where the message goes to a mail address, a template. Default: the Alertmanager's.")
        @Size(max = 1024)
        @Nullable
        String subject,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String message,

        @JsonPropertyDescription("Attributes of the message by name; names and values are templates. Default: none.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.size() <= 256)",
                message = "attributes: each name must have at most 256 characters")
        @Nullable
        Map<String, @Size(max = 4096) String> attributes,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {

    /** Whom AWS is called as. The identity of the Alertmanager's own pod is never used. */
    public record Sigv4(
            @JsonPropertyDescription("Region of AWS. Example: eu-central-1.")
            @Required
            @Size(min = 1, max = 64)
            @Pattern(Syntax.ONE_LINE)
            String region,

            @JsonPropertyDescription("Id of the access key; no secret, the Alertmanager's API shows it.") @Required
            ValueSource accessKey,

            @JsonPropertyDescription("The access key's secret.") @Required
            SecretSource secretKey,

            @JsonPropertyDescription("Role to assume with that key. Default: none.")
            @Size(min = 1, max = 2048)
            @Pattern(Syntax.ONE_LINE)
            @Nullable
            String roleArn) {}
}
