package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A message through WeChat Work. */
public record WechatReceiver(
        @JsonPropertyDescription("Secret of the application.") @Required
        SecretSource apiSecret,

        @JsonPropertyDescription("Id of the enterprise.") @Required @Size(min = 1, max = 256) @Pattern(Syntax.ONE_LINE)
        String corpId,

        @JsonPropertyDescription("URL of the API. Default: https://qyapi.weixin.qq.com/cgi-bin/.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String message,

        @JsonPropertyDescription("Users to send to, with | between, a template. Default: none.")
        @Size(max = 1024)
        @Nullable
        String toUser,

        @JsonPropertyDescription("Departments to send to, with | between, a template. Default: none.")
        @Size(max = 1024)
        @Nullable
        String toParty,

        @JsonPropertyDescription("Tags to send to, with | between, a template. Default: none.")
        @Size(max = 1024)
        @Nullable
        String toTag,

        @JsonPropertyDescription("Id of the application, a template. Default: none. Example: \"1000002\".")
        @Size(max = 1024)
        @Nullable
        String agentId,

        @JsonPropertyDescription("Form of the message. Default: text.") @Nullable
        MessageType messageType,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: false.") @Nullable
        Boolean sendResolved) {

    /** Form of the message. */
    public enum MessageType {
        text,
        markdown
    }
}
