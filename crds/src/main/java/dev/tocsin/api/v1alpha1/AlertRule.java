package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One alert: an expression that is evaluated at an interval, and what to say when it holds. */
@JsonClassDescription(
        "One alert: an expression that is evaluated at an interval, and what to say when it holds. kubectl get shows"
                + " what it is doing now.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("AlertRule")
@Plural("alertrules")
@Singular("alertrule")
@ShortNames("ar")
@Categories("tocsin")
@AdditionalPrinterColumn(name = "STATE", jsonPath = ".status.state", getDescription = "What the rule is doing now")
@AdditionalPrinterColumn(
        name = "FIRING",
        jsonPath = ".status.firing",
        type = Type.INTEGER,
        getDescription = "Number of firing alerts")
@AdditionalPrinterColumn(
        name = "PENDING",
        jsonPath = ".status.pending",
        type = Type.INTEGER,
        getDescription = "Number of alerts that wait for their for duration")
@AdditionalPrinterColumn(
        name = "READY",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        getDescription = "Whether the rule is accepted, loaded on every replica and evaluating without error")
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.reason",
        getDescription = "Why the rule is not ready; empty when it is")
@AdditionalPrinterColumn(
        name = "SINCE",
        jsonPath = ".status.since",
        type = Type.DATE,
        getDescription = "When the state last changed")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = Type.DATE,
        getDescription = "When the rule was created")
@AdditionalPrinterColumn(
        name = "SHARD",
        jsonPath = ".status.evaluator.shard",
        priority = 1,
        getDescription = "The evaluator shard that runs the rule")
@AdditionalPrinterColumn(name = "EXPR", jsonPath = ".spec.expr", priority = 1, getDescription = "The expression")
@AdditionalPrinterColumn(
        name = "CONDITION",
        jsonPath = ".spec.condition",
        priority = 1,
        getDescription = "The query or expression that decides, for a rule with queries")
public class AlertRule extends CustomResource<AlertRuleSpec, AlertRuleStatus> implements Namespaced {

    @Override
    protected @Nullable AlertRuleSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable AlertRuleStatus initStatus() {
        return null;
    }
}
