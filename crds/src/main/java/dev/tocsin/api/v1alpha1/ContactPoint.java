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

/** Where notifications go: a named list of receivers. */
@JsonClassDescription(
        "Where notifications go: one or more receivers under one name, to which NotificationPolicies refer.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("ContactPoint")
@Plural("contactpoints")
@Singular("contactpoint")
@ShortNames("cp")
@Categories("tocsin")
@AdditionalPrinterColumn(
        name = "RECEIVERS",
        jsonPath = ".status.receiverKinds",
        getDescription = "The kinds of its receivers")
@AdditionalPrinterColumn(
        name = "READY",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        getDescription = "Whether the contact point is accepted and loaded on every Alertmanager")
@AdditionalPrinterColumn(
        name = "DELIVERING",
        jsonPath = ".status.conditions[?(@.type==\"Delivering\")].status",
        getDescription = "Whether its notifications arrive")
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.reason",
        getDescription = "Why it is not ready or not delivering; empty when all is well")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = Type.DATE,
        getDescription = "When the contact point was created")
public class ContactPoint extends CustomResource<ContactPointSpec, ContactPointStatus> implements Namespaced {
    /** Asks for a test notification: one for each new value. */
    public static final String TEST_ANNOTATION = Api.GROUP + "/test";

    @Override
    protected @Nullable ContactPointSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ContactPointStatus initStatus() {
        return null;
    }
}
