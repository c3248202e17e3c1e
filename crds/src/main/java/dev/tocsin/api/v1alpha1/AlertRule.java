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

/** One alert: an expression that is evaluated at an interval, and what to say when it holds. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("AlertRule")
@Plural("alertrules")
@Singular("alertrule")
@ShortNames("ar")
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
