package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

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
    private final PrimaryObjects<NotificationPolicy> objects;

    public NotificationPolicyReconciler(DeliveryLoop delivery) {
        this.objects = new PrimaryObjects<>(delivery::changed, delivery::deleted);
    }

    @Override
    public List<EventSource<?, NotificationPolicy>> prepareEventSources(
            EventSourceContext<NotificationPolicy> context) {
        objects.readFrom(context.getPrimaryCache());
        return List.of();
    }

    @Override
    public UpdateControl<NotificationPolicy> reconcile(NotificationPolicy object, Context<NotificationPolicy> context) {
        objects.reconcile(object, context);
        return UpdateControl.noUpdate();
    }
}
