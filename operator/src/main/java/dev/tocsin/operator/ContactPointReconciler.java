package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/**
 * Hands every ContactPoint on to the delivery loop, which works on all of them together and writes their status.
 *
 * <p>Told of all events, so that deletions need no finalizer. Resource versions are not compared: with JOSDK 5.3.2 an
 * edit that lands between two of our writes would be taken for our own. An annotation asks for a test notification and
 * leaves the generation as it is: which updates are news is thus for {@link ContactPointNews} to say.
 */
@ControllerConfiguration(
        name = "contactpoint",
        triggerReconcilerOnAllEvents = true,
        generationAwareEventProcessing = false,
        informer =
                @Informer(
                        comparableResourceVersions = false,
                        informerListLimit = 500,
                        onUpdateFilter = ContactPointNews.class))
public final class ContactPointReconciler implements Reconciler<ContactPoint> {
    private final PrimaryObjects<ContactPoint> objects;

    public ContactPointReconciler(DeliveryLoop delivery) {
        this.objects = new PrimaryObjects<>(delivery::changed, delivery::deleted);
    }

    @Override
    public List<EventSource<?, ContactPoint>> prepareEventSources(EventSourceContext<ContactPoint> context) {
        objects.readFrom(context.getPrimaryCache());
        return List.of();
    }

    @Override
    public UpdateControl<ContactPoint> reconcile(ContactPoint object, Context<ContactPoint> context) {
        objects.reconcile(object, context);
        return UpdateControl.noUpdate();
    }
}
