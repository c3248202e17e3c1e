package dev.tocsin.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** Where notifications go: a named list of receivers. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("ContactPoint")
@Plural("contactpoints")
@Singular("contactpoint")
@ShortNames("cp")
public class ContactPoint extends CustomResource<ContactPointSpec, ContactPointStatus> implements Namespaced {

    @Override
    protected @Nullable ContactPointSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ContactPointStatus initStatus() {
        return null;
    }
}
