package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;

/**
 * Hands every NotificationPolicy on to the delivery loop, which works on all of them together and writes their status.
 *
 * <p>Told of all events, so that deletions need no finalizer. Resource versions are not compared: with JOSDK 5.3.2 an
 * edit that lands between two of our writes would be taken for our own.
 */
@ControllerConfiguration(
        name = "notificationpolicy",
        triggerReconcilerOnAllEvents = true,
        informer = @Informer(comparableResourceVersions = false, informerListLimit = 500))
public final class NotificationPolicyReconciler implements Reconciler<NotificationPolicy> {
    private final DeliveryLoop delivery;

    public NotificationPolicyReconciler(DeliveryLoop delivery) {
        this.delivery = delivery;
    }

    @Override
    public UpdateControl<NotificationPolicy> reconcile(NotificationPolicy object, Context<NotificationPolicy> context) {
        if (context.isPrimaryResourceDeleted()) {
            delivery.deleted(object);
        } else {
            delivery.changed(object);
        }
        return UpdateControl.noUpdate();
    }
}
