package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An issue in Jira. Credentials go into http.basicAuth (user and API token) or http.authorization. */
@ValidationRule(
        value = "!has(self.sendResolved) || !self.sendResolved || has(self.resolveTransition)",
        message = "sendResolved needs resolveTransition, the transition by which the issue is resolved")
@ValidationRule(
        value = "!has(self.reopenDuration) || has(self.reopenTransition)",
        message = "reopenDuration needs reopenTransition, the transition by which the issue is reopened")
public record JiraReceiver(
        @JsonPropertyDescription("URL of the REST API. Example: https://example.atlassian.net/rest/api/2.")
        @Required
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        String apiUrl,

        @JsonPropertyDescription("Which Jira answers: auto takes hosts of atlassian.net for cloud. Default: auto.")
        @Nullable
        ApiType apiType,

        @JsonPropertyDescription("Key of the project, a template. Example: SHOP.") @Required @Size(min = 1, max = 256)
        String project,

        @JsonPropertyDescription("Type of the issue, a template. Example: Bug.") @Required @Size(min = 1, max = 256)
        String issueType,

        @JsonPropertyDescription("Title of the issue.") @Nullable
        Text summary,

        @JsonPropertyDescription(
                "Description of the issue; with version 3 of the API a JSON document in Atlassian's format.")
        @Nullable
        Text description,

        @JsonPropertyDescription(
                "Labels of the issue, templates; one that identifies the group of alerts is always there. Default: none.")
        @Size(max = 32)
        @Nullable
        List<@Size(min = 1, max = 256) String> labels,

        @JsonPropertyDescription(
                "Priority of the issue, a template. Default: from the label severity (critical is High, warning Medium, info Low), else Jira's.")
        @Size(max = 1024)
        @Nullable
        String priority,

        @JsonPropertyDescription(
                "Name of the transition that reopens an issue that is done; without it a new issue is made. Default: none.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String reopenTransition,

        @JsonPropertyDescription(
                "Name of the transition that resolves an issue. Default: none, issues stay open. Example: Done.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String resolveTransition,

        @JsonPropertyDescription(
                "Issues with this resolution are left alone, and a new one is made. Default: none. Example: Won't Do.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String wontFixResolution,

        @JsonPropertyDescription(
                "How long ago an issue may have been resolved to be reopened; goes with reopenTransition. Default: none are reopened. Example: 7d.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String reopenDuration,

        @JsonPropertyDescription(
                "Further fields by their Jira names. Values are templates; what they give is read as YAML, so that JSON becomes an object. Default: none. Example: customfield_10001: '{\"value\": \"red\"}'.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "fields: each name must have at most 128 characters")
        @Nullable
        Map<String, @Size(max = 4096) String> fields,

        @JsonPropertyDescription(
                "Whether to resolve the issue when the alerts resolve; needs resolveTransition. Default: whether resolveTransition is set.")
        @Nullable
        Boolean sendResolved) {

    /** Which Jira answers. */
    public enum ApiType {
        auto,
        cloud,
        datacenter
    }

    /** A field of an issue. */
    public record Text(
            @JsonPropertyDescription("The text, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
            String template,

            @JsonPropertyDescription(
                    "Whether later notifications change the field of an issue that exists. Default: true.")
            @Nullable
            Boolean enableUpdate) {}
}
