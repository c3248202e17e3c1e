package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An e-mail through an SMTP server. */
@ValidationRule(
        value = "has(self.authUsername) == (has(self.authPassword) || has(self.authSecret))",
        message = "authUsername goes together with authPassword or authSecret; set both or neither")
@ValidationRule(
        value = "!has(self.threading) || !has(self.headers) || !self.headers.exists(name, name.lowerAscii() in"
                + " ['references', 'in-reply-to'])",
        message = "threading writes the headers References and In-Reply-To; remove them from headers")
public record EmailReceiver(
        @JsonPropertyDescription("Addresses to send to. At least one. Example: [team@example.com].")
        @Required
        @Size(min = 1, max = 50)
        List<@Size(min = 3, max = 320) @Pattern(Syntax.MAIL_ADDRESS) String> to,

        @JsonPropertyDescription("The sender's address. Example: alerts@example.com.")
        @Required
        @Size(min = 3, max = 320)
        @Pattern(Syntax.MAIL_ADDRESS)
        String from,

        @JsonPropertyDescription("Host and port of the SMTP server; port 465 speaks TLS from the start. Example:"
                + " smtp.example.com:587.")
        @Required
        @Size(min = 3, max = 261)
        @Pattern(Syntax.HOST_PORT)
        String smarthost,

        @JsonPropertyDescription("The name to greet the server with. Default: localhost.")
        @Size(min = 1, max = 253)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String hello,

        @JsonPropertyDescription("User name at the SMTP server; goes with authPassword. Default: none, no login.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String authUsername,

        @JsonPropertyDescription("Password at the SMTP server, for PLAIN and LOGIN; goes with authUsername.") @Nullable
        SecretSource authPassword,

        @JsonPropertyDescription(
                "Secret for CRAM-MD5, which is taken where the server offers it first; goes with" + " authUsername.")
        @Nullable
        SecretSource authSecret,

        @JsonPropertyDescription("Identity of the PLAIN login, where it differs from the user name. Default: none.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String authIdentity,

        @JsonPropertyDescription("Whether to refuse a server that does not speak TLS. Default: true.") @Nullable
        Boolean requireTls,

        @JsonPropertyDescription(
                "Whether to speak TLS from the start; false does not even on port 465. Default: only" + " on port 465.")
        @Nullable
        Boolean forceImplicitTls,

        @JsonPropertyDescription("How the server's certificate is verified.") @Nullable
        TlsConfig tls,

        @JsonPropertyDescription("Headers to set beside From, To and the others that are always there. Values may be"
                + " templates. Default: none. Example: Subject: \"[shop] {{ .CommonLabels.alertname }}\".")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.matches(r'^[-a-zA-Z0-9]{1,128}$'))",
                message = "headers: each name must have letters, digits and dashes only, at most 128 of them")
        @ValidationRule(
                value = "self.all(name, self.exists_one(other, other.lowerAscii() == name.lowerAscii()))",
                message = "headers: a name is there twice; upper and lower case are the same")
        @Nullable
        Map<String, @Size(max = 2048) @Pattern(Syntax.LINE) String> headers,

        @JsonPropertyDescription("The message as HTML, a template. Default: the Alertmanager's.")
        @Size(max = 16384)
        @Nullable
        String html,

        @JsonPropertyDescription("The message as plain text, a template. Default: none, the message is HTML only.")
        @Size(max = 16384)
        @Nullable
        String text,

        @JsonPropertyDescription("Shows all mails on one group of alerts as one conversation. Default: none.") @Nullable
        Threading threading,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: false.") @Nullable
        Boolean sendResolved) {

    /** How mails are joined to conversations. */
    public record Threading(
            @JsonPropertyDescription("daily begins a new conversation each day, none never does. Default: none.")
            @Nullable
            ThreadByDate threadByDate) {}

    /** When a new conversation begins. */
    public enum ThreadByDate {
        none,
        daily
    }
}
