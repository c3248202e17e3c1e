package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** Lets pass what the delivery loop acts on: an edit of the spec, a request for a test. Not our own status writes. */
public final class ContactPointNews implements OnUpdateFilter<ContactPoint> {

    @Override
    public boolean accept(ContactPoint now, ContactPoint before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !Objects.equals(
                        now.getMetadata().getUid(), before.getMetadata().getUid())
                || !TestNotifications.request(now).equals(TestNotifications.request(before));
    }
}
