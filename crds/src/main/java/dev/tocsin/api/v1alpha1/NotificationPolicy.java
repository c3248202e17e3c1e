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

/** Which alerts go to which contact points, and when. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("NotificationPolicy")
@Plural("notificationpolicies")
@Singular("notificationpolicy")
@ShortNames("np")
public class NotificationPolicy extends CustomResource<NotificationPolicySpec, NotificationPolicyStatus> implements Namespaced {

    @Override
    protected @Nullable NotificationPolicySpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable NotificationPolicyStatus initStatus() {
        return null;
    }
}
