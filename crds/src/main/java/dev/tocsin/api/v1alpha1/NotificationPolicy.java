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

/** Which alerts go to which contact points, and when. */
@JsonClassDescription("Which alerts go to which ContactPoints, and when: a tree of routes.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("NotificationPolicy")
@Plural("notificationpolicies")
@Singular("notificationpolicy")
@ShortNames("npol")
@Categories("tocsin")
@AdditionalPrinterColumn(name = "SCOPE", jsonPath = ".spec.scope", getDescription = "Whose alerts the policy sees")
@AdditionalPrinterColumn(
        name = "CONTACT POINT",
        jsonPath = ".spec.route.contactPoint",
        getDescription = "Where alerts go that no nested route takes")
@AdditionalPrinterColumn(
        name = "ROUTES",
        jsonPath = ".status.routes",
        type = Type.INTEGER,
        getDescription = "Number of routes, with the one at the top")
@AdditionalPrinterColumn(
        name = "ALERTS",
        jsonPath = ".status.alerts",
        type = Type.INTEGER,
        getDescription = "Number of alerts that the policy routes now")
@AdditionalPrinterColumn(
        name = "READY",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        getDescription = "Whether the policy is accepted and loaded on every Alertmanager")
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.reason",
        getDescription = "Why the policy is not ready; empty when it is")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = Type.DATE,
        getDescription = "When the policy was created")
public class NotificationPolicy extends CustomResource<NotificationPolicySpec, NotificationPolicyStatus>
        implements Namespaced {

    @Override
    protected @Nullable NotificationPolicySpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable NotificationPolicyStatus initStatus() {
        return null;
    }
}
