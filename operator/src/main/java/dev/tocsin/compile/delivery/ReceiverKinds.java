package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.Receiver;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of receivers and how each is written: a row per kind, and a method that names its fields. What is required
 * and which texts are templates was read in Alertmanager v0.31.1, config/notifiers.go and notify.
 */
final class ReceiverKinds {

    static final List<Kind<?>> ALL = List.of(
            new Kind<>("discord", Receiver::discord, ChatReceivers::discord),
            new Kind<>("email", Receiver::email, MessageReceivers::email),
            new Kind<>("incidentio", Receiver::incidentio, IncidentReceivers::incidentio),
            new Kind<>("jira", Receiver::jira, IncidentReceivers::jira),
            new Kind<>("mattermost", Receiver::mattermost, ChatReceivers::mattermost),
            new Kind<>("msteams", Receiver::msteams, ChatReceivers::msteams),
            new Kind<>("msteamsv2", Receiver::msteamsv2, ChatReceivers::msteamsv2),
            new Kind<>("opsgenie", Receiver::opsgenie, IncidentReceivers::opsgenie),
            new Kind<>("pagerduty", Receiver::pagerduty, IncidentReceivers::pagerduty),
            new Kind<>("pushover", Receiver::pushover, MessageReceivers::pushover),
            new Kind<>("rocketchat", Receiver::rocketchat, ChatReceivers::rocketchat),
            new Kind<>("slack", Receiver::slack, ChatReceivers::slack),
            new Kind<>("sns", Receiver::sns, MessageReceivers::sns),
            new Kind<>("telegram", Receiver::telegram, ChatReceivers::telegram),
            new Kind<>("victorops", Receiver::victorops, IncidentReceivers::victorops),
            new Kind<>("webex", Receiver::webex, ChatReceivers::webex),
            new Kind<>("webhook", Receiver::webhook, MessageReceivers::webhook),
            new Kind<>("wechat", Receiver::wechat, ChatReceivers::wechat));

    private ReceiverKinds() {}

    /**
     * A kind of receiver.
     *
     * @param name the field of the spec, which is also Alertmanager's name of the integration in its metrics
     * @param of this kind's part of a receiver, null when it is of another kind
     * @param fields writes the fields
     */
    record Kind<T>(String name, Function<Receiver, @Nullable T> of, BiConsumer<T, ReceiverFields> fields) {

        boolean isKindOf(Receiver receiver) {
            return of.apply(receiver) != null;
        }

        /** Alertmanager's list of receivers of this kind. */
        String section() {
            return name + "_configs";
        }

        /**
         * The receiver as Alertmanager writes it.
         *
         * @param item the item of spec.receivers
         */
        Map<String, Object> write(Receiver receiver, ReceiverFields item) {
            ReceiverChecks.check(receiver, item);
            item.flat(name, of.apply(receiver), fields);
            item.object("http_config", "http", receiver.http(), HttpFields::http);
            return item.section();
        }
    }
}
