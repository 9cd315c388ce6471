"""Labels of the datasets that an account may read: those of CKAN, found without loading its organisations.

CKAN loads every organisation of an account as an object for each call of its API, a quarter of the processor time of a call by an
account of forty organisations. Here: the same labels from the ids alone. Not here: what a dataset's labels are, which stays CKAN's.
"""

from ckan import authz, model
from ckan.lib.plugins import DefaultPermissionLabels


class ReadingRights(DefaultPermissionLabels):
    """Implements `IPermissionLabels`."""

    def get_user_dataset_labels(self, user_obj: model.User) -> list[str]:
        """Returns the labels of an account; CKAN says them itself where organisations pass on rights, or single datasets are shared."""
        if not user_obj or user_obj.is_anonymous or not _has_plain_rights():
            return super().get_user_dataset_labels(user_obj)
        found = _readable_organisations(user_obj)
        return ["public", f"creator-{user_obj.id}", *(f"member-{one}" for one in found)]


def _has_plain_rights() -> bool:
    """Returns whether an account's rights are those of its own organisations: none is below another, no dataset has collaborators."""
    if authz.check_config_permission("allow_dataset_collaborators"):
        return False
    below = model.Session.query(model.Member.id).filter_by(table_name="group", state="active")
    return not model.Session.query(below.exists()).scalar()


def _readable_organisations(user: model.User) -> list[str]:
    """Returns the ids of the organisations whose private datasets the account may read; all of them for an administrator of the portal."""
    wanted = model.Session.query(model.Group.id).filter_by(is_organization=True, state="active")
    if not user.sysadmin:
        roles = authz.get_roles_with_permission("read")
        wanted = wanted.join(model.Member, model.Member.group_id == model.Group.id).filter(
            model.Member.table_name == "user",
            model.Member.table_id == user.id,
            model.Member.state == "active",
            model.Member.capacity.in_(roles),
        )
    return [one for (one,) in wanted.distinct()]
